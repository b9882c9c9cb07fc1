/**
 * The standard movements, as postings. A capability names what happened and never spells accounts
 * out, so that the same event always touches the same accounts. `shortcodeId` is our id of the
 * shortcode, never its number.
 */
import type { Cents } from '../money.ts';
import { reversalOf } from './postings.ts';
import type { AccountRef, Posting } from './terms.ts';

/** Where M-PESA puts what a shortcode receives: a paybill's utility or a till's merchant account. */
export type Purse = 'utility' | 'working' | 'merchant';

interface Movement {
  shortcodeId: string;
  amountCents: Cents;
}

export const outside = (shortcodeId: string): AccountRef => ({
  kind: 'outside',
  owner: shortcodeId,
});
export const purse = (shortcodeId: string, kind: Purse = 'utility'): AccountRef => ({
  kind,
  owner: shortcodeId,
});
export const suspense = (shortcodeId: string): AccountRef => ({
  kind: 'suspense',
  owner: shortcodeId,
});
export const charges = (shortcodeId: string): AccountRef => ({
  kind: 'charges',
  owner: shortcodeId,
});
export const customer = (customerId: string): AccountRef => ({
  kind: 'customer',
  owner: customerId,
});

/** Money in whose purpose is known: an STK push that was paid, a C2B payment that named its account. */
export function received({ shortcodeId, amountCents, into }: Movement & { into?: Purse }) {
  return [one(outside(shortcodeId), purse(shortcodeId, into), amountCents)];
}

/** Money in that nobody has explained yet: it waits on the unallocated-money desk. */
export function receivedUnallocated({ shortcodeId, amountCents }: Movement) {
  return [one(outside(shortcodeId), suspense(shortcodeId), amountCents)];
}

/** Unallocated money found its purpose: an open amount, or with `customerId` the credit of a customer. */
export function allocated(movement: Movement & { into?: Purse; customerId?: string }) {
  const { shortcodeId, amountCents, into, customerId } = movement;
  const to = customerId === undefined ? purse(shortcodeId, into) : customer(customerId);
  return [one(suspense(shortcodeId), to, amountCents)];
}

/** An allocation taken back: the money waits for an explanation again. */
export function unallocated(movement: Movement & { into?: Purse; customerId?: string }) {
  return reversalOf(allocated(movement));
}

/** More was paid than was asked: the rest is kept for the customer. */
export function keptForCustomer(movement: Movement & { into?: Purse; customerId: string }) {
  const { shortcodeId, amountCents, into, customerId } = movement;
  return [one(purse(shortcodeId, into), customer(customerId), amountCents)];
}

/** A customer's credit pays for something. */
export function creditUsed(movement: Movement & { into?: Purse; customerId: string }) {
  return reversalOf(keptForCustomer(movement));
}

/** Money returned to who paid it, from wherever it is now. */
export function refunded({ shortcodeId, amountCents, from }: Movement & { from?: AccountRef }) {
  return [one(from ?? purse(shortcodeId), outside(shortcodeId), amountCents)];
}

/** Money sent out, and M-PESA's charge for it when that is known. */
export function paidOut(movement: Movement & { from?: Purse; chargeCents?: Cents }): Posting[] {
  return paidOutFrom({ ...movement, from: purse(movement.shortcodeId, movement.from) });
}

/** The same out of any account: money that waits in suspense, given back. */
export function paidOutFrom(
  movement: Movement & { from: AccountRef; chargeCents?: Cents },
): Posting[] {
  const { shortcodeId, amountCents, from, chargeCents } = movement;
  const sent = one(from, outside(shortcodeId), amountCents);
  if (chargeCents === undefined || chargeCents === 0) return [sent];
  return [sent, ...charged({ shortcodeId, amountCents: chargeCents })];
}

/** M-PESA took its charge; this alone may take the utility account below zero. */
export function charged({ shortcodeId, amountCents }: Movement) {
  return [one(purse(shortcodeId), charges(shortcodeId), amountCents)];
}

/** Money moved between the accounts of one shortcode, such as working to utility. */
export function moved({
  shortcodeId,
  amountCents,
  from,
  to,
}: Movement & Record<'from' | 'to', Purse>) {
  return [one(purse(shortcodeId, from), purse(shortcodeId, to), amountCents)];
}

/** What we earn on a movement. */
export function earned({ shortcodeId, amountCents, from }: Movement & { from?: AccountRef }) {
  const revenue: AccountRef = { kind: 'revenue', owner: shortcodeId };
  return [one(from ?? purse(shortcodeId), revenue, amountCents)];
}

/** Set aside for somebody (a merchant, a beneficiary) until it is paid out. */
export function owed({ shortcodeId, amountCents, to }: Movement & { to: string }) {
  return [one(purse(shortcodeId), { kind: 'payable' as const, owner: to }, amountCents)];
}

/** A correction by hand: money is put into or taken out of an account against `adjustment`. */
export function adjusted(account: AccountRef, amountCents: Cents, side: 'in' | 'out'): Posting[] {
  const adjustment: AccountRef = { kind: 'adjustment', owner: '' };
  return [
    side === 'in' ? one(adjustment, account, amountCents) : one(account, adjustment, amountCents),
  ];
}

/** M-PESA undid a movement: the same postings the other way round. */
export function reversed(postings: readonly Posting[]): Posting[] {
  return reversalOf(postings);
}

function one(from: AccountRef, to: AccountRef, amountCents: Cents): Posting {
  return { from, to, amountCents };
}
