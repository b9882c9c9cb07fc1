/** Phone numbers as M-PESA knows them: twelve digits, 2547… or 2541…. */
import { refused, type Refusal } from '../refusal.ts';
import { phrase } from '../sentence.ts';

declare const msisdnBrand: unique symbol;
/** `2547XXXXXXXX` or `2541XXXXXXXX`. Personal: sealed when stored, masked when shown. */
export type Msisdn = string & { readonly [msisdnBrand]: true };

export type MsisdnOutcome =
  { ok: true; msisdn: Msisdn } | { ok: false; refusal: Refusal<'msisdn-invalid'> };

const forms: readonly [RegExp, (digits: string) => string][] = [
  [/^254[17]\d{8}$/, (digits) => digits],
  [/^0[17]\d{8}$/, (digits) => `254${digits.slice(1)}`],
  [/^[17]\d{8}$/, (digits) => `254${digits}`],
];

export const numberPhrases = {
  'not-mobile': phrase(
    'This is not a Kenyan mobile number. Write it like 0712 345 678 or 254712345678.',
    'Hii si nambari ya simu ya mkononi ya Kenya. Iandike kama 0712 345 678 au 254712345678.',
  ),
} as const;

/**
 * `0712 345 678`, `+254712345678`, `712345678` → `254712345678`. Anything else is refused: letters,
 * digits of other scripts, landlines, numbers of other countries.
 */
export function parseMsisdn(text: string): MsisdnOutcome {
  const digits = text.replaceAll(/[\s-]/g, '').replace(/^\+/, '');
  const form = forms.find(([pattern]) => pattern.test(digits));
  if (form === undefined) {
    return refused('msisdn-invalid', numberPhrases['not-mobile'].en);
  }
  return { ok: true, msisdn: form[1](digits) as Msisdn };
}

/** `254712345678` → `2547******78`; what is too short to mask is hidden as a whole. */
export function maskMsisdn(msisdn: string): string {
  return msisdn.length < 8 ? '******' : `${msisdn.slice(0, 4)}******${msisdn.slice(-2)}`;
}

/**
 * A number as M-PESA shows it, for people: a mask stays, a hash tells nothing, a clear number is
 * masked. `712345678` → `7123******78`.
 */
export function shownPayer(msisdn: string): string {
  const digits = msisdn.replaceAll(/\s/g, '');
  if (/^[0-9a-f]{64}$/i.test(digits)) return '******';
  return /^\d+$/.test(digits) ? `${digits.slice(0, 4)}******${digits.slice(-2)}` : digits;
}

/**
 * Whether a number as a callback or a statement shows it (clear, or masked like `2547 ***** 678` or
 * `0712***678`) can be the one that was asked. Undefined when it shows too little to say, as a hash does.
 */
export function agreesWithMsisdn(shown: string, msisdn: string): boolean | undefined {
  const digits = shown.replaceAll(/\s/g, '').replace(/^\+/, '');
  if (/^\d{9,12}$/.test(digits)) return msisdn.endsWith(digits.slice(-9));
  const masked = /^(\d*)\*+(\d+)$/.exec(digits);
  if (masked === null) return undefined;
  const [, start = '', end = ''] = masked;
  return msisdn.startsWith(start.replace(/^0/, '254')) && msisdn.endsWith(end);
}
