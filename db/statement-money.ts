/**
 * The money that only one statement told of. It leaves the books with the statement, unless another
 * proven statement shows it too; what was given to somebody in between keeps the statement in place.
 */
import { sql } from 'kysely';
import type {
  AccountId,
  CollectionId,
  LedgerTransactionId,
  ReceivedPaymentId,
  StatementId,
} from '../domain/ids.ts';
import { zero, type Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { postingsOfTransactions } from './ledger.ts';
import { postTransactions } from './ledger-posting.ts';
import { appendEvents } from './outbox.ts';
import { reversalOf } from '../domain/ledger/postings.ts';

interface Told {
  statementId: StatementId;
  accountId: AccountId;
  workflowId: string;
}

/** Another proven statement that shows receipt `r.receipt` on the account, as its run is called. */
function heirOf(t: TenantHandle, { statementId, accountId }: Told) {
  return sql<string | null>`(
    select s.workflow_id from ${t.table('transactions')} x
    cross join lateral (
      select x.statement_id as id union all
      select o.statement_id from ${t.table('transaction_sources')} o
      where o.tenant_id = x.tenant_id and o.transaction_id = x.id
    ) shown
    join ${t.table('statements')} s on s.tenant_id = x.tenant_id and s.id = shown.id
    where x.tenant_id = ${t.tenantId} and x.receipt = r.receipt and x.account_id = ${accountId}
      and x.direction = 'in' and x.reversed_at is null and s.id <> ${statementId}
      and s.status = 'posted' and s.verdict = 'proven'
    order by s.id limit 1)`;
}

export interface UsedMoney {
  receipt: string;
  amountCents: Cents;
  /** A payment that was given to somebody, or a collection that nobody else saw paid. */
  kind: 'received' | 'collection';
  id: ReceivedPaymentId | CollectionId;
}

export interface MoneyOfStatement {
  /** Payments only this statement told of: they leave the books with it. */
  leaving: { count: number; amountCents: Cents };
  /** Payments another proven statement shows as well: they become that one's. */
  staying: { count: number; amountCents: Cents };
}

/** What would become of the money that waits on the desk because of the statement. */
export async function moneyOfStatement(t: TenantHandle, told: Told): Promise<MoneyOfStatement> {
  const found = await sql<{ isAlone: boolean; count: number; amountCents: Cents }>`
    select r.heir is null as "isAlone", count(*)::int as count,
      sum(r.amount_cents)::bigint as "amountCents"
    from (
      select r.amount_cents, ${heirOf(t, told)} as heir
      from ${t.table('received_payments')} r
      where r.tenant_id = ${t.tenantId} and r.workflow_id = ${told.workflowId}
        and r.source = 'statement' and r.state = 'unallocated'
    ) r group by 1`.execute(t.query);
  const sumOf = (isAlone: boolean) => {
    const { count = 0, amountCents = zero } =
      found.rows.find((row) => row.isAlone === isAlone) ?? {};
    return { count, amountCents };
  };
  return { leaving: sumOf(true), staying: sumOf(false) };
}

/** Money of the statement alone that has found somebody: it has to be taken back there first. */
export async function usedMoneyOf(
  t: TenantHandle,
  told: Told,
  limit: number,
): Promise<UsedMoney[]> {
  const found = await sql<UsedMoney>`
    select distinct on (r.receipt) r.receipt, r.amount_cents as "amountCents", r.kind, r.id from (
      select p.receipt, p.amount_cents, 'received' as kind, p.id from ${t.table('received_payments')} p
      where p.tenant_id = ${t.tenantId} and p.workflow_id = ${told.workflowId}
        and p.source = 'statement'
        and p.state in ('received', 'allocated', 'part-allocated', 'linked')
      union all
      select c.receipt, c.paid_cents, 'collection', c.id from ${t.table('statement_lines')} l
      join ${t.table('collections')} c on c.tenant_id = l.tenant_id and c.receipt = l.receipt
      where l.tenant_id = ${t.tenantId} and l.statement_id = ${told.statementId}
        and l.direction = 'in' and c.status = 'paid' and exists (
          select from ${t.table('collection_witnesses')} w
          where w.tenant_id = c.tenant_id and w.collection_id = c.id and w.kind = 'statement')
        and not exists (
          select from ${t.table('collection_witnesses')} w
          where w.tenant_id = c.tenant_id and w.collection_id = c.id and w.outcome = 'paid'
            and w.kind <> 'statement')
    ) r where ${heirOf(t, told)} is null
    order by r.receipt, r.kind limit ${limit}`.execute(t.query);
  return found.rows;
}

interface Waiting {
  id: ReceivedPaymentId;
  receipt: string;
  transactionId: LedgerTransactionId;
  heir: string | null;
}

export interface WithdrawnChunk {
  withdrawnCount: number;
  isDone: boolean;
}

/**
 * Takes back up to `limit` payments that wait on the desk, each by the opposite of its transaction;
 * those that another proven statement shows are handed to it. Money that was given to somebody since
 * the undo began stays.
 */
export async function withdrawMoney(
  t: TenantHandle,
  told: Told & { actor: string; at: Instant; limit: number },
): Promise<WithdrawnChunk> {
  const found = await sql<Waiting>`
    select r.id, r.receipt, r.ledger_transaction_id as "transactionId",
      ${heirOf(t, told)} as heir
    from ${t.table('received_payments')} r
    where r.tenant_id = ${t.tenantId} and r.workflow_id = ${told.workflowId}
      and r.source = 'statement' and r.state = 'unallocated'
    order by r.id limit ${told.limit} for no key update of r`.execute(t.query);
  const alone = found.rows.filter(({ heir }) => heir === null);
  await handOver(t, found.rows);
  await withdraw(t, told, alone);
  return { withdrawnCount: alone.length, isDone: found.rows.length < told.limit };
}

/** Payments another statement shows as well stay in the books and are that statement's from now on. */
async function handOver(t: TenantHandle, payments: readonly Waiting[]): Promise<void> {
  const shown = payments.filter(({ heir }) => heir !== null);
  if (shown.length === 0) return;
  await sql`
    update ${t.table('received_payments')} r set workflow_id = n.heir
    from unnest(${shown.map(({ id }) => id)}::uuid[], ${shown.map(({ heir }) => heir)}::text[])
      as n (id, heir)
    where r.tenant_id = ${t.tenantId} and r.id = n.id`.execute(t.query);
}

async function withdraw(
  t: TenantHandle,
  { workflowId, actor, at }: Told & { actor: string; at: Instant },
  payments: readonly Waiting[],
): Promise<void> {
  if (payments.length === 0) return;
  const booked = await postingsOfTransactions(
    t,
    payments.map(({ transactionId }) => transactionId),
  );
  const drafts = payments.map(({ id, receipt, transactionId }) => {
    const postings = booked.get(transactionId);
    if (postings === undefined) throw new Error('a payment has lost its transaction');
    return {
      ...{ reference: `received/${id}/withdrawn/${transactionId}`, kind: 'payment.withdrawn' },
      ...{ occurredAt: at, postings: reversalOf(postings), reverses: transactionId },
      source: { kind: 'statement', id, receipt, workflowId, actor } as const,
      reason: 'The only statement that told of it was undone',
    };
  });
  const posted = await postTransactions(t, drafts);
  if (posted.some(({ ok }) => !ok)) throw new Error('the ledger refused to take money back');
  const ids = payments.map(({ id }) => id);
  await t.query
    .updateTable('received_payments')
    .set({ state: 'withdrawn', version: sql`version + 1` })
    .where('id', 'in', ids)
    .execute();
  await appendEvents(
    t,
    payments.map(({ id: receivedPaymentId, receipt }) => ({
      ...{ topic: 'domain-events', key: `${t.tenantId}:${receivedPaymentId}`, version: 1 },
      ...{ type: 'payment.withdrawn', isPersonal: false, data: { receivedPaymentId, receipt } },
    })),
  );
}
