/**
 * Searchable words without their text: each lower-cased word of two characters or more becomes the
 * first 64 bits of a keyed hash. Equal words of one tenant give equal tokens; tenants never share.
 */
import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const tokensPerTextMax = 32;
const cachedWordsMax = 10_000;

/** Returns a function from text to its tokens: signed 64-bit integers as decimal strings. */
export function tokeniser(key: KeyObject): (text: string) => string[] {
  const cache = new Map<string, string>();

  function tokenOf(word: string): string {
    const known = cache.get(word);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', key).update(word, 'utf8').digest();
    const token = String(digest.readBigInt64BE(0));
    if (cache.size >= cachedWordsMax) forgetOldest(cache);
    cache.set(word, token);
    return token;
  }

  return (text) => {
    const tokens = new Set<string>();
    for (const word of wordsOf(text)) {
      tokens.add(tokenOf(word));
      if (tokens.size === tokensPerTextMax) break;
    }
    return [...tokens];
  };
}

/** `Pay Bill to KPLC-888880` → `pay`, `bill`, `to`, `kplc`, `888880`. */
export function wordsOf(text: string): readonly string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]{2,}/gu) ?? []
  );
}

function forgetOldest(cache: Map<string, string>): void {
  const oldest = cache.keys().next();
  if (oldest.done !== true) cache.delete(oldest.value);
}
