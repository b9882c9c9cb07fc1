/**
 * The ledger as other capabilities use it. Everything runs in the caller's transaction, so money
 * moves together with the state it follows from, or not at all. Post last: rows of accounts that are
 * debited stay locked until the transaction ends.
 */
import { sql } from 'kysely';
import { id } from '../domain/ids.ts';
import type { LedgerTransactionId } from '../domain/ids.ts';
import { receivedUnallocated } from '../domain/ledger/movements.ts';
import { postingsOf, reversalOf } from '../domain/ledger/postings.ts';
import type { Leg } from '../domain/ledger/postings.ts';
import type { Posting, Source } from '../domain/ledger/terms.ts';
import type { Cents } from '../domain/money.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { postFact } from './ledger-closing.ts';
import { postTransactions } from './ledger-posting.ts';
import type { NewTransaction, PostResult } from './ledger-posting.ts';
import { newUuid } from './new-id.ts';

export { balanceOf } from './ledger-accounts.ts';
export { postTransactions } from './ledger-posting.ts';
export type { NewTransaction, PostResult } from './ledger-posting.ts';
export {
  commitReservation,
  expireReservations,
  reserve,
  voidReservation,
} from './ledger-reservations.ts';

/** Posts one transaction; the same reference with the same postings again is `isNew: false`. */
export async function postTransaction(t: TenantHandle, draft: NewTransaction): Promise<PostResult> {
  const [result] = await postTransactions(t, [draft]);
  if (result === undefined) throw new Error('nothing was posted');
  return result;
}

export interface Reversal {
  transactionId: LedgerTransactionId;
  /** `reversal/{transactionId}` when left out. */
  reference?: string;
  occurredAt: Instant;
  source: Source;
  reason?: string;
}

/** Undoes a transaction by its opposite, once: of two that try at the same moment one is refused. */
export async function reverseTransaction(
  t: TenantHandle,
  reversal: Reversal,
): Promise<PostResult | { ok: false; refusal: { code: 'not-found' } }> {
  const { transactionId, occurredAt, source, reason } = reversal;
  const postings = await postingsOfTransaction(t, transactionId);
  if (postings === undefined) return { ok: false, refusal: { code: 'not-found' } };
  return postTransaction(t, {
    reference: reversal.reference ?? `reversal/${transactionId}`,
    kind: 'ledger.reversed',
    occurredAt,
    postings: reversalOf(postings),
    source,
    reverses: transactionId,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** The postings of a transaction, or undefined when the tenant has no such transaction. */
export async function postingsOfTransaction(
  t: TenantHandle,
  transactionId: LedgerTransactionId,
): Promise<Posting[] | undefined> {
  return (await postingsOfTransactions(t, [transactionId])).get(transactionId);
}

/** The same of many transactions in one look; whatever does not exist is left out. */
export async function postingsOfTransactions(
  t: TenantHandle,
  transactionIds: readonly LedgerTransactionId[],
): Promise<Map<LedgerTransactionId, Posting[]>> {
  const found = await sql<{ transactionId: LedgerTransactionId; legs: Leg[] }>`
    select e.transaction_id as "transactionId", json_agg(json_build_object(
      'leg', e.leg, 'amountCents', e.amount_cents,
      'account', json_build_object('kind', a.kind, 'owner', a.owner))) as legs
    from ${t.table('ledger_entries')} e
    join ${t.table('ledger_accounts')} a on a.tenant_id = e.tenant_id and a.id = e.account_id
    where e.tenant_id = ${t.tenantId} and e.transaction_id = any(${[...transactionIds]}::uuid[])
    group by e.transaction_id`.execute(t.query);
  return new Map(found.rows.map(({ transactionId, legs }) => [transactionId, postingsOf(legs)]));
}

export interface ReceiptCredit {
  shortcodeId: string;
  /** M-PESA's code. */
  receipt: string;
  amountCents: Cents;
  source: Source;
  /** Now when left out. */
  occurredAt?: Instant;
  /** Where the money goes; into suspense when left out. */
  postings?: readonly Posting[];
  /** Which of several movements with this receipt; `credit` when left out. */
  leg?: string;
  /** The kind of the transaction; `receipt.credited` when left out. */
  kind?: string;
}

export interface ReceiptResult {
  isNew: boolean;
  transactionId: LedgerTransactionId;
  /** What the first witness credited; differs from the wish when witnesses disagree. */
  creditedCents: Cents;
}

/**
 * Credits a receipt once per tenant and shortcode, whoever witnesses it (callback, confirmation, pull
 * or statement). A second witness finds the first one's transaction, also when both come at the same
 * moment. Throws `LedgerRefused` when the postings are refused: then nothing was credited.
 */
export async function creditReceipt(
  t: TenantHandle,
  credit: ReceiptCredit,
): Promise<ReceiptResult> {
  const { shortcodeId, receipt, amountCents, source, leg = 'credit' } = credit;
  const transactionId = id('ledgerTransaction', newUuid(Date.now()));
  const claimed = await t.query
    .insertInto('receipts')
    .values({
      ...{ tenant_id: t.tenantId, shortcode_id: shortcodeId, receipt, leg },
      ...{ amount_cents: amountCents, transaction_id: transactionId },
      ...{ source_kind: source.kind, source_id: source.id },
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('transaction_id')
    .executeTakeFirst();
  if (claimed === undefined) {
    const first = await firstCredit(t, { shortcodeId, receipt, leg });
    // It went out of the books with the statement that told of it: now it is told of anew.
    if (await isWithdrawn(t, first.transactionId)) {
      return creditReceipt(t, { ...credit, leg: `${leg}/again` });
    }
    return first;
  }
  const posted = await postFact(t, {
    reference: `receipt/${shortcodeId}/${receipt}/${leg}`,
    kind: credit.kind ?? 'receipt.credited',
    occurredAt: credit.occurredAt ?? instantFromEpochMs(Date.now()),
    postings: credit.postings ?? receivedUnallocated({ shortcodeId, amountCents }),
    source: { ...source, receipt },
    transactionId,
  });
  if (!posted.ok)
    throw Object.assign(new Error(`the ledger refused a receipt: ${posted.refusal.code}`), {
      name: 'LedgerRefused',
    });
  return { isNew: true, transactionId, creditedCents: amountCents };
}

async function isWithdrawn(t: TenantHandle, transactionId: LedgerTransactionId): Promise<boolean> {
  const found = await t.query
    .selectFrom('ledger_transactions')
    .select('id')
    .where('tenant_id', '=', t.tenantId)
    .where('reverses', '=', transactionId)
    .where('kind', '=', 'payment.withdrawn')
    .executeTakeFirst();
  return found !== undefined;
}

/** A statement of its own sees what the winner committed while we waited for it. */
async function firstCredit(
  t: TenantHandle,
  key: { shortcodeId: string; receipt: string; leg: string },
): Promise<ReceiptResult> {
  const first = await t.query
    .selectFrom('receipts')
    .select(['transaction_id', 'amount_cents'])
    .where('tenant_id', '=', t.tenantId)
    .where('shortcode_id', '=', key.shortcodeId)
    .where('receipt', '=', key.receipt)
    .where('leg', '=', key.leg)
    .executeTakeFirstOrThrow();
  const { transaction_id: transactionId, amount_cents: creditedCents } = first;
  return { isNew: false, transactionId, creditedCents };
}
