/** What a shortcode asks of a C2B payment before M-PESA takes it. */
import { cents, type Cents } from '../money.ts';

export interface ValidationSettings {
  /** Off: every payment is taken. Safaricom also has to have switched validation on. */
  isOn: boolean;
  /** The answer when ours is not ready in time, or something we depend on is away. */
  whenUndecided: 'accept' | 'reject';
  /** Which account references are taken: all, those we are waiting for, or those of a mask. */
  account: 'any' | 'known' | 'mask';
  /**
   * `9` stands for a digit, `A` for a letter, `*` at the end for anything; the rest stands for
   * itself. Case, spaces and dashes of what the payer types do not matter.
   */
  accountMask: string | null;
  minCents: Cents | null;
  maxCents: Cents | null;
}

/** A new shortcode takes everything: nobody is turned away before the tenant says so. */
export const openToAll: ValidationSettings = {
  isOn: false,
  whenUndecided: 'accept',
  account: 'any',
  accountMask: null,
  minCents: cents(100),
  maxCents: null,
};

const maskPattern = /^[0-9A-Za-z./#-]{1,20}\*?$/;

/** True when the text is a mask: up to 20 letters, digits and `. / # -`, perhaps with `*` at the end. */
export function isAccountMask(text: string): boolean {
  return maskPattern.test(text);
}

/** Whether what a payer typed fits a mask. Linear in the length of the text. */
export function fitsAccountMask(reference: string, mask: string): boolean {
  const typed = plain(reference);
  const isOpen = mask.endsWith('*');
  const wanted = plain(isOpen ? mask.slice(0, -1) : mask);
  if (isOpen ? typed.length < wanted.length : typed.length !== wanted.length) return false;
  return [...wanted].every((sign, at) => fitsSign(typed[at] ?? '', sign));
}

function plain(text: string): string {
  return text.toUpperCase().replaceAll(/[\s-]/g, '');
}

function fitsSign(typed: string, sign: string): boolean {
  if (sign === '9') return /^[0-9]$/.test(typed);
  if (sign === 'A') return /^[A-Z]$/.test(typed);
  return typed === sign;
}
