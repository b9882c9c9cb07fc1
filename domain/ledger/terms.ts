/**
 * The words of the ledger. Every shilling is in exactly one account: it enters from `outside`, is
 * moved by postings and leaves to `outside`, so all balances of a tenant add up to zero. What M-PESA
 * should show for a shortcode is minus the balance of its `outside` account, less its `charges`.
 */
import type { Cents } from '../money.ts';

/**
 * - `utility`, `working`, `merchant`: money on a shortcode that may be spent, as Daraja names it
 * - `suspense`: money on a shortcode that nobody has explained yet
 * - `customer`: money held for one customer (overpaid, or kept as credit)
 * - `payable`: money owed to somebody who has not been paid yet
 * - `revenue`: fees this business earned
 * - `charges`: what M-PESA took for its service
 * - `outside`: everybody else; its balance is minus what came in
 * - `adjustment`: the other side of manual corrections
 */
export const accountKinds = [
  'utility',
  'working',
  'merchant',
  'charges',
  'customer',
  'suspense',
  'revenue',
  'payable',
  'outside',
  'adjustment',
] as const;
export type AccountKind = (typeof accountKinds)[number];

export interface AccountRef {
  kind: AccountKind;
  /** A shortcode id, a customer id, or '' for the one account of its kind; never a number or name. */
  owner: string;
}

/** Moves money; the amount is above zero, in Kenyan cents. */
export interface Posting {
  from: AccountRef;
  to: AccountRef;
  amountCents: Cents;
}

/** What a transaction follows from. */
export type SourceKind =
  | 'collection'
  | 'c2b'
  | 'allocation'
  | 'disbursement'
  | 'payout-batch'
  | 'reversal'
  | 'refund'
  | 'charge'
  | 'transfer'
  | 'statement'
  | 'manual';

export interface Source {
  kind: SourceKind;
  /** The business object, such as a collection id. */
  id: string;
  workflowId?: string;
  /** M-PESA's code, when there is one. */
  receipt?: string;
  /** `user:<uuid>`, `key:<uuid>`, `workflow:<id>` or `service:<name>`. */
  actor: string;
}

/** What is known of the objects of a story besides transactions, list by list. */
export const tracedLists = [
  'receipts',
  'reservations',
  'events',
  'callbacks',
  'questions',
  'audit',
] as const;
export type TracedList = (typeof tracedLists)[number];

/**
 * What the trail of a payment is made of: a callback of M-PESA, a question to it, money that was
 * held, a transaction of the books, an event told to others.
 */
export const trailKinds = ['callback', 'question', 'hold', 'posting', 'event'] as const;
export type TrailKind = (typeof trailKinds)[number];

export type ReservationStatus = 'open' | 'committed' | 'voided' | 'expired';

export type VoidReason = 'rejected' | 'expired' | 'cancelled';

export interface Balance {
  balanceCents: Cents;
  /** Held for movements that are under way. */
  reservedCents: Cents;
  /** Balance less what is reserved: what may be spent. */
  availableCents: Cents;
}
