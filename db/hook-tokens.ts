/**
 * Addresses for callbacks. The last part of a path is a token: tenant and target, and a MAC over
 * both and the letter, so it cannot be guessed, altered or used under another letter, and nothing
 * has to be looked up to check it. In hexadecimal it can hold none of the words Daraja forbids.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { id, type TenantId } from '../domain/ids.ts';
import { hookLetters, type HookLetter } from './shortcode-tables.ts';

/** What a callback is about: a collection, a disbursement, a reversal, a query or a shortcode. */
export interface HookTarget {
  tenantId: TenantId;
  targetId: string;
}

export interface HookTokens {
  /** The address to give to Daraja. */
  urlOf(letter: HookLetter, target: HookTarget): string;
  tokenOf(letter: HookLetter, target: HookTarget): string;
  /** What a token was made for, or undefined when we did not make it for this letter. */
  verify(letter: string, token: string): (HookTarget & { letter: HookLetter }) | undefined;
}

const macBytes = 16;
const tokenPattern = /^[0-9a-f]{96}$/;
const uuidDigits = 32;

/** `hooksUrl` is the public base, without a slash at its end; the key comes from the KEK. */
export function openHookTokens(options: { kek: Uint8Array; hooksUrl: string }): HookTokens {
  const key = Buffer.from(hkdfSync('sha256', options.kek, '', 'daftari hooks', 32));
  const macOf = (letter: string, digits: string) =>
    createHmac('sha256', key).update(`${letter}|${digits}`).digest().subarray(0, macBytes);

  function tokenOf(letter: HookLetter, { tenantId, targetId }: HookTarget): string {
    const digits = `${tenantId}${targetId}`.replaceAll('-', '');
    if (digits.length !== 2 * uuidDigits) throw new TypeError('a hook target is a UUID');
    return `${digits}${macOf(letter, digits).toString('hex')}`;
  }

  return {
    tokenOf,
    urlOf: (letter, target) => `${options.hooksUrl}/hooks/${letter}/${tokenOf(letter, target)}`,
    verify(letter, token) {
      const known = hookLetters.find((each) => each === letter);
      // A malformed token is compared all the same, so that its answer takes as long.
      const text = tokenPattern.test(token) ? token : '0'.repeat(96);
      const digits = text.slice(0, 2 * uuidDigits);
      const given = Buffer.from(text.slice(2 * uuidDigits), 'hex');
      const isGenuine = timingSafeEqual(given, macOf(letter, digits));
      if (!isGenuine || known === undefined || text !== token) return undefined;
      const [tenant, target] = [digits.slice(0, uuidDigits), digits.slice(uuidDigits)];
      return { letter: known, tenantId: id('tenant', dashed(tenant)), targetId: dashed(target) };
    },
  };
}

function dashed(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

const forbidden = /m-?pesa|safaricom|exec?|cmd|sql|query/i;

/** True when Daraja would refuse the address for a word in it. */
export function hasForbiddenWord(url: string): boolean {
  return forbidden.test(url);
}
