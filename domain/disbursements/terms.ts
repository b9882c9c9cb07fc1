/**
 * Words of money out. A disbursement is one movement to one payee; it is sent to M-PESA at most
 * once, under an id of ours that is fixed before anything leaves.
 */

/**
 * What is paid: the first three go to a phone, `pochi` to a phone's business wallet. A `reversal`
 * has M-PESA undo a payment that was received.
 */
export const disbursementKinds = [
  'business-payment',
  'salary-payment',
  'promotion-payment',
  'pochi',
  'pay-bill',
  'buy-goods',
  'tax',
  'reversal',
] as const;
export type DisbursementKind = (typeof disbursementKinds)[number];

export const disbursementStatuses = [
  /** Asked for; nothing is held yet. */
  'requested',
  /** Limits and money are held; a second person has to agree. */
  'awaiting-approval',
  /** Limits and money are held; it goes out next. */
  'reserved',
  /** The one sending has begun. */
  'sending',
  /** M-PESA took it; the result comes later. */
  'accepted',
  /** Nobody knows whether it was paid; only asking tells, never sending again. */
  'unknown',
  'paid',
  'refused',
  'cancelled',
  'expired',
] as const;
export type DisbursementStatus = (typeof disbursementStatuses)[number];

/** As people see it: `returned` is one that was paid and came back whole. */
export const shownStatuses = [...disbursementStatuses, 'returned'] as const;
export type ShownStatus = (typeof shownStatuses)[number];

/** To whom: a phone, or a business number with the account it is for. */
export type Payee =
  | { kind: 'msisdn'; msisdn: string }
  | { kind: 'pay-bill'; number: string; accountReference: string }
  | { kind: 'till'; number: string }
  /** The tax authority's own number is fixed; the payment registration number says what it is for. */
  | { kind: 'tax'; registrationNumber: string }
  /** Whoever paid under this receipt; the number is shown when it is known. */
  | { kind: 'payer'; receipt: string; msisdn: string | null };

/** The pay bill of the tax authority, to which tax is remitted. */
export const taxPayBill = '572572';

/** Why nothing was paid. The first group is ours, before sending; the second is the provider's. */
export const refusalCodes = [
  'limit-exceeded',
  'insufficient-funds',
  'shortcode-unusable',
  'business-suspended',
  'payee-invalid',
  'fraud-suspected',
  'checks-late',
  'rejected-by-approver',
  'approval-expired',
  'cancelled-by-user',
  'not-sent',
  'provider-refused',
  'provider-cancelled',
  'not-found-at-provider',
  'closed-by-hand',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

const phoneKinds: ReadonlySet<DisbursementKind> = new Set([
  'business-payment',
  'salary-payment',
  'promotion-payment',
  'pochi',
]);

/** True when the kind pays to a phone number. */
export function paysToPhone(kind: DisbursementKind): boolean {
  return phoneKinds.has(kind);
}

/** True when the provider sends under the id we give it, so that we can ask under it. */
export function isSentUnderOurId(kind: DisbursementKind): boolean {
  return paysToPhone(kind);
}

/** True when the payee is of the sort this kind pays to. */
export function fitsKind(kind: DisbursementKind, payee: Payee): boolean {
  switch (kind) {
    case 'pay-bill':
      return payee.kind === 'pay-bill';
    case 'buy-goods':
      return payee.kind === 'till';
    case 'tax':
      return payee.kind === 'tax';
    case 'reversal':
      return payee.kind === 'payer';
    default:
      return payee.kind === 'msisdn';
  }
}
