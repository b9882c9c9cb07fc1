/**
 * Searchable words without their text: each lower-cased word of two characters or more becomes the
 * first 64 bits of a keyed hash. Equal words of one tenant give equal tokens; tenants never share.
 */
import { createHmac } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { remember } from './remember.ts';

const tokensPerTextMax = 32;
const cachedWordsMax = 10_000;

/** Returns a function from text to its tokens: signed 64-bit integers as decimal strings. */
export function tokeniser(key: KeyObject): (text: string) => string[] {
  const tokenOf = remember(cachedWordsMax, (word) => {
    const digest = createHmac('sha256', key).update(word, 'utf8').digest();
    return String(digest.readBigInt64BE(0));
  });

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
