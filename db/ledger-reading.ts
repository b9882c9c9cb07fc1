/** What screens and exports read of the ledger: the journal, single transactions and statements. */
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { LedgerAccountId, LedgerTransactionId } from '../domain/ids.ts';
import type { AccountKind, SourceKind } from '../domain/ledger/terms.ts';
import type { Cents } from '../domain/money.ts';
import { addDays, startOfBusinessDate } from '../domain/time.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { PageReader } from './page-reader.ts';

export interface JournalEntry {
  leg: number;
  accountId: LedgerAccountId;
  kind: AccountKind;
  owner: string;
  /** The name of the shortcode that owns the account, when one does. */
  ownerName: string | null;
  amountCents: Cents;
}

export interface JournalTransaction {
  id: LedgerTransactionId;
  reference: string;
  kind: string;
  occurredAt: Instant;
  recordedAt: Instant;
  /** What it moved: the sum of what entered accounts. */
  amountCents: Cents;
  reverses: LedgerTransactionId | null;
  reversedBy: LedgerTransactionId | null;
  source: { kind: SourceKind; id: string; workflowId: string | null; actor: string };
  receipt: string | null;
  reason: string | null;
  entries: JournalEntry[];
}

export interface JournalFilter {
  from?: BusinessDate | undefined;
  to?: BusinessDate | undefined;
  accountId?: LedgerAccountId | undefined;
  kind?: string | undefined;
  receipt?: string | undefined;
  sourceId?: string | undefined;
}

export interface JournalPlace {
  at: Instant;
  id: LedgerTransactionId;
}

/** Transactions, newest first, from behind `after`. */
export async function listJournal(
  t: TenantHandle,
  request: { filter: JournalFilter; limit: number; after?: JournalPlace },
): Promise<JournalTransaction[]> {
  const { filter, limit, after } = request;
  const found = await sql<JournalTransaction>`
    select ${columns(t)}
    from ${t.table('ledger_transactions')} x
    where x.tenant_id = ${t.tenantId} ${conditions(t, filter)}
      ${after === undefined ? sql`` : sql`and (x.occurred_at, x.id) < (${after.at}, ${after.id})`}
    order by x.occurred_at desc, x.id desc limit ${limit}`.execute(t.query);
  return found.rows;
}

const rowsPerRead = 1_000;

/** The whole selection in batches. */
export async function* streamJournal(
  read: PageReader,
  filter: JournalFilter,
): AsyncGenerator<JournalTransaction[]> {
  let last: JournalTransaction | undefined;
  do {
    const after = last && { at: last.occurredAt, id: last.id };
    const request = { filter, limit: rowsPerRead, ...(after ? { after } : {}) };
    const page = await read((t) => listJournal(t, request));
    if (page.length > 0) yield page;
    last = page.length === rowsPerRead ? page.at(-1) : undefined;
  } while (last !== undefined);
}

/** How many entries the selection has. */
export async function countJournalEntries(t: TenantHandle, filter: JournalFilter): Promise<number> {
  const counted = await sql<{ count: number }>`
    select count(*) as count
    from ${t.table('ledger_transactions')} x
    join ${t.table('ledger_entries')} e on e.tenant_id = x.tenant_id and e.transaction_id = x.id
    where x.tenant_id = ${t.tenantId} ${conditions(t, filter)}`.execute(t.query);
  return counted.rows[0]?.count ?? 0;
}

/** One transaction with its entries; undefined when the tenant has none of that id. */
export async function findLedgerTransaction(
  t: TenantHandle,
  transactionId: LedgerTransactionId,
): Promise<JournalTransaction | undefined> {
  const [found] = await findLedgerTransactions(t, sql`x.id = ${transactionId}`, 1);
  return found;
}

/** At most `limit` transactions by a condition on `x`, in the order the books learnt of them. */
export async function findLedgerTransactions(
  t: TenantHandle,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<JournalTransaction[]> {
  const found = await sql<JournalTransaction>`
    select ${columns(t)} from ${t.table('ledger_transactions')} x
    where x.tenant_id = ${t.tenantId} and ${condition}
    order by x.recorded_at, x.id limit ${limit}`.execute(t.query);
  return found.rows;
}

function columns(t: TenantHandle) {
  const entries = t.table('ledger_entries');
  return sql`x.id, x.reference, x.kind, x.occurred_at as "occurredAt", x.recorded_at as "recordedAt",
    x.reverses, x.receipt, x.reason,
    (select r.id from ${t.table('ledger_transactions')} r
      where r.tenant_id = x.tenant_id and r.reverses = x.id) as "reversedBy",
    json_build_object('kind', x.source_kind, 'id', x.source_id, 'workflowId', x.workflow_id,
      'actor', x.actor) as source,
    (select coalesce(sum(e.amount_cents), 0)::bigint from ${entries} e
      where e.tenant_id = x.tenant_id and e.transaction_id = x.id and e.amount_cents > 0)
      as "amountCents",
    (select json_agg(json_build_object('leg', e.leg, 'accountId', e.account_id, 'kind', a.kind,
        'owner', a.owner, 'ownerName', s.name, 'amountCents', e.amount_cents) order by e.leg)
      from ${entries} e
      join ${t.table('ledger_accounts')} a on a.tenant_id = e.tenant_id and a.id = e.account_id
      left join ${t.table('shortcodes')} s on s.tenant_id = a.tenant_id and s.id::text = a.owner
      where e.tenant_id = x.tenant_id and e.transaction_id = x.id) as entries`;
}

function conditions(t: TenantHandle, filter: JournalFilter): RawBuilder<unknown> {
  const { from, to, accountId, kind, receipt, sourceId } = filter;
  const parts = [
    ...(from === undefined ? [] : [sql`and x.occurred_at >= ${startOfBusinessDate(from)}`]),
    ...(to === undefined ? [] : [sql`and x.occurred_at < ${startOfBusinessDate(addDays(to, 1))}`]),
    ...(kind === undefined ? [] : [sql`and x.kind = ${kind}`]),
    ...(receipt === undefined ? [] : [sql`and x.receipt = ${receipt}`]),
    ...(sourceId === undefined ? [] : [sql`and x.source_id = ${sourceId}`]),
    ...(accountId === undefined
      ? []
      : [
          sql`and exists (select from ${t.table('ledger_entries')} e
            where e.tenant_id = x.tenant_id and e.transaction_id = x.id
              and e.account_id = ${accountId})`,
        ]),
  ];
  return parts.length === 0 ? sql`` : sql.join(parts, sql` `);
}

export interface StatementEntry {
  transactionId: LedgerTransactionId;
  leg: number;
  kind: string;
  reference: string;
  receipt: string | null;
  occurredAt: Instant;
  amountCents: Cents;
  /** What the account held after this entry, in the order of the statement. */
  balanceCents: Cents;
}

export interface EntryPlace {
  at: Instant;
  id: LedgerTransactionId;
  leg: number;
  /** The balance the account had before the entries behind this place. */
  balanceCents: Cents;
}

/**
 * Entries of an account, newest first, each with the balance after it. The first page begins with
 * `closingCents`, which the caller read for the end of the period; the next ones carry on.
 */
export async function listAccountEntries(
  t: TenantHandle,
  request: {
    accountId: LedgerAccountId;
    from?: BusinessDate | undefined;
    to?: BusinessDate | undefined;
    closingCents: Cents;
    after?: EntryPlace;
    limit: number;
  },
): Promise<StatementEntry[]> {
  const { accountId, from, to, after, limit } = request;
  const start = after?.balanceCents ?? request.closingCents;
  const found = await sql<StatementEntry>`
    select p.transaction_id as "transactionId", p.leg, x.kind, x.reference, x.receipt,
      p.occurred_at as "occurredAt", p.amount_cents as "amountCents",
      (${start}::bigint - coalesce(sum(p.amount_cents) over (
        order by p.occurred_at desc, p.transaction_id desc, p.leg desc
        rows between unbounded preceding and 1 preceding), 0))::bigint as "balanceCents"
    from (
      select e.* from ${t.table('ledger_entries')} e
      where e.tenant_id = ${t.tenantId} and e.account_id = ${accountId}
        ${from === undefined ? sql`` : sql`and e.occurred_at >= ${startOfBusinessDate(from)}`}
        ${to === undefined ? sql`` : sql`and e.occurred_at < ${startOfBusinessDate(addDays(to, 1))}`}
        ${
          after === undefined
            ? sql``
            : sql`and (e.occurred_at, e.transaction_id, e.leg) < (${after.at}, ${after.id}, ${after.leg})`
        }
      order by e.occurred_at desc, e.transaction_id desc, e.leg desc limit ${limit}
    ) p
    join ${t.table('ledger_transactions')} x on x.tenant_id = p.tenant_id and x.id = p.transaction_id
    order by p.occurred_at desc, p.transaction_id desc, p.leg desc`.execute(t.query);
  return found.rows;
}
