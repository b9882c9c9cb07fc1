/**
 * Whether M-PESA should take a payment before it moves: the rules of a shortcode, decided from what
 * the payment says and whether its account reference is one somebody waits for.
 */
import { fitsAccountMask, type ValidationSettings } from '../daraja/validation-settings.ts';
import type { Cents } from '../money.ts';
import { normaliseReference } from './reference.ts';

export interface OfferedPayment {
  amountCents: Cents;
  /** As typed; empty for tills. */
  accountReference: string;
}

export type ValidationVerdict =
  | { accept: true }
  /** One of Daraja's own codes: C2B00012 account, C2B00013 amount, C2B00016 anything else. */
  | { accept: false; code: 'C2B00012' | 'C2B00013' | 'C2B00016' };

/** `isKnown` is undefined while nobody could look: then the tenant's default decides. */
export function validatePayment(
  payment: OfferedPayment,
  settings: ValidationSettings,
  isKnown: boolean | undefined,
): ValidationVerdict {
  if (!settings.isOn) return { accept: true };
  const { amountCents, accountReference } = payment;
  const { minCents, maxCents, account, accountMask } = settings;
  if (minCents !== null && amountCents < minCents) return { accept: false, code: 'C2B00013' };
  if (maxCents !== null && amountCents > maxCents) return { accept: false, code: 'C2B00013' };
  if (account === 'any') return { accept: true };
  if (normaliseReference(accountReference) === '') return { accept: false, code: 'C2B00012' };
  if (account === 'mask') {
    const fits = accountMask !== null && fitsAccountMask(accountReference, accountMask);
    return fits ? { accept: true } : { accept: false, code: 'C2B00012' };
  }
  if (isKnown === undefined) {
    return settings.whenUndecided === 'accept'
      ? { accept: true }
      : { accept: false, code: 'C2B00016' };
  }
  return isKnown ? { accept: true } : { accept: false, code: 'C2B00012' };
}
