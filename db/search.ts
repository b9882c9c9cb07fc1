/**
 * One text looked for in everything a business has: few of each kind, by indexes where there are
 * some and otherwise among the latest, so that an answer costs the same however much there is.
 */
import type { Asked } from '../domain/search/asked.ts';
import type { Cents } from '../domain/money.ts';
import type { Direction } from '../domain/statements/terms.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { findCollections, findPayouts, findReceivedPayments } from './search-money.ts';
import {
  findCollectionBatches,
  findCustomers,
  findPaymentLinks,
  findInvoices,
  findPayoutBatches,
  findShortcodes,
  findStatements,
} from './search-records.ts';
import { findTransactions } from './search-transactions.ts';

/** In the order of the answer. */
export const hitKinds = [
  'transaction',
  'collection',
  'receivedPayment',
  'disbursement',
  'customer',
  'paymentLink',
  'invoice',
  'statement',
  'payoutBatch',
  'collectionBatch',
  'shortcode',
] as const;
export type HitKind = (typeof hitKinds)[number];

export const matchedBy = [
  'id',
  'receipt',
  'phone',
  'reference',
  'name',
  'amount',
  'words',
] as const;
export type MatchedBy = (typeof matchedBy)[number];

export interface Hit {
  id: string;
  /** A receipt, a name or whatever else tells it from its neighbours. */
  title: string;
  /** Who or what for, numbers masked; may be empty. */
  detail: string;
  amountCents: Cents | null;
  direction: Direction | null;
  status: string | null;
  at: Instant | null;
  /** Why it was found. */
  by: MatchedBy;
}

type Finder = (t: TenantHandle, asked: Asked, limit: number) => Promise<Hit[]>;

const finders: Record<HitKind, Finder> = {
  transaction: findTransactions,
  collection: findCollections,
  receivedPayment: findReceivedPayments,
  disbursement: findPayouts,
  customer: findCustomers,
  paymentLink: findPaymentLinks,
  invoice: findInvoices,
  statement: findStatements,
  payoutBatch: findPayoutBatches,
  collectionBatch: findCollectionBatches,
  shortcode: findShortcodes,
};

/** At most `limit` of each of these kinds; kinds with nothing are left out. */
export async function searchEverything(
  t: TenantHandle,
  { asked, kinds, limit }: { asked: Asked; kinds: readonly HitKind[]; limit: number },
): Promise<{ kind: HitKind; hits: Hit[] }[]> {
  const groups: { kind: HitKind; hits: Hit[] }[] = [];
  for (const kind of kinds) {
    const hits = await finders[kind](t, asked, limit);
    if (hits.length > 0) groups.push({ kind, hits });
  }
  return groups;
}
