/**
 * What hangs together: from any receipt, transaction or object to all the others, whatever the way
 * between them. A refund belongs to the payment it gives back, a payment to the request it is the
 * money of, a transaction to what it follows from and to what undid it.
 */
import { sql } from 'kysely';
import type { LedgerTransactionId } from '../domain/ids.ts';
import type { TenantHandle } from './database.ts';
import { isUuid } from './object-traces.ts';

export interface Linked {
  transactions: Set<LedgerTransactionId>;
  /** Business objects, as the sources of transactions name them. */
  objects: Set<string>;
  receipts: Set<string>;
  /** False when there were more transactions than are followed. */
  isWhole: boolean;
}

type Ends = Record<Link['kind'], string[]>;
interface Link {
  kind: 'transaction' | 'object' | 'receipt';
  value: string;
}

/** Everything that hangs together with the ends, followed until more than `most` transactions are known. */
export async function linkedWith(
  t: TenantHandle,
  start: Partial<Ends>,
  most: number,
): Promise<Linked> {
  const known: Record<Link['kind'], Set<string>> = {
    ...{ transaction: new Set(), object: new Set(), receipt: new Set() },
  };
  let fresh = Object.entries(start).flatMap(([kind, values]) =>
    values.map((value) => ({ kind: kind as Link['kind'], value })),
  );
  let isWhole = true;
  while (fresh.length > 0 && isWhole) {
    for (const { kind, value } of fresh) known[kind].add(value);
    const found = await linksOf(t, endsOf(fresh), most);
    isWhole = found.length <= most && known.transaction.size <= most;
    fresh = found.slice(0, most).filter(({ kind, value }) => !known[kind].has(value));
  }
  for (const { kind, value } of fresh) known[kind].add(value);
  return {
    transactions: known.transaction as Set<LedgerTransactionId>,
    ...{ objects: known.object, receipts: known.receipt, isWhole },
  };
}

function endsOf(fresh: readonly Link[]): Ends {
  const of = (kind: Link['kind']) =>
    fresh.filter((link) => link.kind === kind).map(({ value }) => value);
  return { transaction: of('transaction'), object: of('object'), receipt: of('receipt') };
}

/** One step from the ends; at most one more than `most`. */
async function linksOf(t: TenantHandle, ends: Ends, most: number): Promise<Link[]> {
  const found = await sql<Link>`
    select kind, value from (${linksInBooks(t, ends)} union ${linksOfPayments(t, ends)}) link
    where value is not null order by kind, value limit ${most + 1}`.execute(t.query);
  return found.rows;
}

function linksInBooks(t: TenantHandle, { transaction, object, receipt }: Ends) {
  const of = sql`x.tenant_id = ${t.tenantId}`;
  const transactions = sql`${t.table('ledger_transactions')} x`;
  const receipts = sql`${t.table('receipts')} x`;
  return sql`
    select 'transaction' as kind, x.id::text as value from ${transactions}
    where ${of} and x.source_id = any(${object}::text[])
    union select 'transaction', x.id::text from ${transactions}
    where ${of} and x.receipt = any(${receipt}::text[])
    union select 'transaction', x.id::text from ${transactions}
    where ${of} and x.reverses = any(${transaction}::uuid[])
    union select link.kind, link.value from ${transactions},
      lateral (values ('transaction', x.reverses::text), ('object', x.source_id),
        ('receipt', x.receipt)) link(kind, value)
    where ${of} and x.id = any(${transaction}::uuid[])
    union select link.kind, link.value from ${receipts},
      lateral (values ('transaction', x.transaction_id::text), ('object', x.source_id)) link(kind, value)
    where ${of} and x.receipt = any(${receipt}::text[])
    union select 'receipt', x.receipt from ${receipts}
    where ${of} and x.transaction_id = any(${transaction}::uuid[])`;
}

/** Receipts of requests, payments that arrived, and refunds with what they give back. */
function linksOfPayments(t: TenantHandle, { object, receipt }: Ends) {
  const ids = object.filter(isUuid);
  const of = sql`x.tenant_id = ${t.tenantId}`;
  const isTold = sql`x.id = any(${ids}::uuid[])`;
  const arrived = sql`${t.table('received_payments')} x, lateral (values ('object', x.id::text),
    ('object', x.collection_id::text), ('receipt', x.receipt)) link(kind, value)`;
  const refunds = sql`${t.table('reversals')} x, lateral (values ('object', x.id::text),
    ('object', x.disbursement_id::text), ('object', x.collection_id::text),
    ('object', x.received_payment_id::text), ('receipt', x.original_receipt)) link(kind, value)`;
  // By receipt only within a shortcode, because that is how the indexes begin.
  const ours = sql`x.shortcode_id in (
    select s.id from ${t.table('shortcodes')} s where s.tenant_id = ${t.tenantId})`;
  return sql`
    select 'receipt' as kind, x.receipt as value from ${t.table('collections')} x
    where ${of} and ${isTold}
    union select 'object', x.collection_id::text from ${t.table('collection_witnesses')} x
    where ${of} and ${isTold}
    union select link.kind, link.value from ${arrived} where ${of} and ${isTold}
    union select link.kind, link.value from ${arrived}
    where ${of} and ${ours} and x.receipt = any(${receipt}::text[])
    union select link.kind, link.value from ${refunds}
    where ${of} and (${isTold} or x.disbursement_id = any(${ids}::uuid[]))
    union select link.kind, link.value from ${refunds}
    where ${of} and ${ours} and x.original_receipt = any(${receipt}::text[])`;
}
