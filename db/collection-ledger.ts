/**
 * How money in reaches the ledger. A receipt is credited once whoever tells of it; a payment whose
 * receipt nobody knows yet is posted under its collection, and its receipt is claimed when it shows.
 */
import { sql } from 'kysely';
import type { TenantHandle } from './database.ts';
import { postFact } from './ledger-closing.ts';
import { creditReceipt } from './ledger.ts';
import { claimReceipt } from './receipt-claims.ts';
import { findShortcode } from './shortcodes.ts';
import type { CollectionId, CustomerId, LedgerTransactionId, ShortcodeId } from '../domain/ids.ts';
import {
  allocated,
  keptForCustomer,
  outside,
  received,
  receivedUnallocated,
  suspense,
  unallocated,
  type Purse,
} from '../domain/ledger/movements.ts';
import type { Posting, Source } from '../domain/ledger/terms.ts';
import { zero, type Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';

/** Where a shortcode's receipts land: a till's merchant account, a paybill's utility account. */
export async function purseOf(t: TenantHandle, shortcodeId: ShortcodeId): Promise<Purse> {
  const shortcode = await findShortcode(t, shortcodeId);
  return shortcode?.kind === 'till' ? 'merchant' : 'utility';
}

export interface MoneyIn {
  shortcodeId: ShortcodeId;
  amountCents: Cents;
  occurredAt: Instant;
  source: Source;
}

/** Credits a receipt whose purpose is known; the first transaction when it was credited before. */
export async function creditKnown(
  t: TenantHandle,
  money: MoneyIn & { receipt: string; kind: string; postings?: readonly Posting[] },
): Promise<{ transactionId: LedgerTransactionId; isNew: boolean }> {
  const { shortcodeId, amountCents } = money;
  const into = await purseOf(t, shortcodeId);
  return creditReceipt(t, {
    ...money,
    postings: money.postings ?? received({ shortcodeId, amountCents, into }),
  });
}

/** Credits a receipt nobody has explained yet. */
export async function creditUnexplained(
  t: TenantHandle,
  money: MoneyIn & { receipt: string; kind: string },
): Promise<{ transactionId: LedgerTransactionId; isNew: boolean }> {
  return creditReceipt(t, { ...money, postings: receivedUnallocated(money) });
}

/** Posts a payment the provider confirmed without telling its receipt. */
export async function postWithoutReceipt(
  t: TenantHandle,
  money: MoneyIn & { collectionId: CollectionId },
): Promise<LedgerTransactionId> {
  const { shortcodeId, amountCents, collectionId } = money;
  const into = await purseOf(t, shortcodeId);
  return post(t, {
    ...money,
    reference: `collection/${collectionId}/paid`,
    kind: 'collection.paid',
    postings: received({ shortcodeId, amountCents, into }),
  });
}

/** The receipt of a payment that was posted without one; it can then be credited by nobody else. */
export async function claimForCollection(
  t: TenantHandle,
  claim: MoneyIn & { receipt: string; transactionId: LedgerTransactionId },
): Promise<void> {
  const isOurs = await claimReceipt(t, claim);
  if (isOurs) return;
  // It had been credited as unexplained: that credit and ours are the same shilling.
  const { shortcodeId, receipt, amountCents } = claim;
  await post(t, {
    ...claim,
    reference: `receipt/${shortcodeId}/${receipt}/merged`,
    kind: 'receipt.merged',
    postings: [{ from: suspense(shortcodeId), to: outside(shortcodeId), amountCents }],
  });
}

export interface Move extends MoneyIn {
  reference: string;
  /** The customer who is credited; the shortcode's own purse when left out. */
  customerId?: string;
}

const keptReference = (collectionId: CollectionId) => `collection/${collectionId}/kept`;

/** What a push brought beyond what was still owed is the credit of the customer who paid it. */
export async function keepForCustomer(
  t: TenantHandle,
  kept: MoneyIn & { collectionId: CollectionId; customerId: CustomerId },
): Promise<void> {
  const { shortcodeId, amountCents, customerId, collectionId } = kept;
  const into = await purseOf(t, shortcodeId);
  await post(t, {
    ...kept,
    reference: keptReference(collectionId),
    kind: 'payment.kept',
    postings: keptForCustomer({ shortcodeId, amountCents, into, customerId }),
  });
}

/** What of a paid collection was kept for its customer, who may ask for it or use it. */
export async function keptOf(t: TenantHandle, collectionId: CollectionId): Promise<Cents> {
  const found = await sql<{ cents: Cents }>`
    select coalesce(sum(e.amount_cents), 0)::bigint as cents
    from ${t.table('ledger_transactions')} x
    join ${t.table('ledger_entries')} e
      on e.tenant_id = x.tenant_id and e.transaction_id = x.id and e.amount_cents > 0
    where x.reference = ${keptReference(collectionId)}`.execute(t.query);
  return found.rows[0]?.cents ?? zero;
}

/** Thrown when the ledger cannot bear a movement, such as taking back money that was spent. */
export function isLedgerRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'LedgerRefused';
}

/** Unexplained money has found its purpose. */
export async function moveFromDesk(t: TenantHandle, move: Move): Promise<LedgerTransactionId> {
  const into = await purseOf(t, move.shortcodeId);
  return post(t, { ...move, kind: 'payment.allocated', postings: allocated({ ...move, into }) });
}

/** The purpose was wrong: the money waits on the desk again. */
export async function moveToDesk(t: TenantHandle, move: Move): Promise<LedgerTransactionId> {
  const into = await purseOf(t, move.shortcodeId);
  return post(t, {
    ...move,
    kind: 'payment.unallocated',
    postings: unallocated({ ...move, into }),
  });
}

async function post(
  t: TenantHandle,
  draft: {
    reference: string;
    kind: string;
    occurredAt: Instant;
    postings: readonly Posting[];
    source: Source;
  },
): Promise<LedgerTransactionId> {
  const { reference, kind, occurredAt, postings, source } = draft;
  const posted = await postFact(t, { reference, kind, occurredAt, postings, source });
  if (posted.ok) return posted.transactionId;
  const problem = new Error(`the ledger refused ${reference}: ${posted.refusal.code}`);
  throw Object.assign(problem, { name: 'LedgerRefused' });
}
