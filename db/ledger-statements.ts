/** The two statements every posting runs: one look and one write, for one transaction or hundreds. */
import type { LedgerAccountId, LedgerTransactionId } from '../domain/ids.ts';
import type { AccountRef } from '../domain/ledger/terms.ts';
import type { TenantHandle } from './database.ts';
import type { KnownAccount } from './ledger-accounts.ts';
import { preparedStatement } from './prepared.ts';

export interface StoredReference {
  reference: string;
  transactionId: LedgerTransactionId;
  /** Hexadecimal. */
  hash: string;
  reverses: LedgerTransactionId | null;
}

export interface Found {
  stored: StoredReference[];
  accounts: KnownAccount[];
}

const found = preparedStatement<Found>((table) => {
  const columns = `x.reference, x.id as "transactionId", encode(x.postings_hash, 'hex') as hash,
    x.reverses from ${table('ledger_transactions')} x where x.tenant_id = $1`;
  return `
    select (
      select coalesce(json_agg(s), '[]') from (
        select ${columns} and x.reference = any($2::text[])
        union all
        select ${columns} and x.reverses = any($3::uuid[]) and x.reference <> all($2::text[])
      ) s
    ) as stored, (
      select coalesce(json_agg(f), '[]') from (
        select a.kind, a.owner, a.id, a.closed_at is not null as "isClosed", a.watch
        from unnest($4::text[], $5::text[]) as wanted(kind, owner)
        join ${table('ledger_accounts')} a on a.tenant_id = $1
          and a.kind = wanted.kind and a.owner = wanted.owner
      ) f
    ) as accounts`;
});

/** What is stored under these references or undoes these transactions, and which accounts exist. */
export async function lookUp(
  t: TenantHandle,
  {
    references,
    reverses,
    wanted,
  }: {
    references: readonly string[];
    reverses: readonly LedgerTransactionId[];
    wanted: readonly AccountRef[];
  },
): Promise<Found> {
  const kinds = wanted.map(({ kind }) => kind);
  const owners = wanted.map(({ owner }) => owner);
  const [row] = await found(t, [t.tenantId, references, reverses, kinds, owners]);
  return row ?? { stored: [], accounts: [] };
}

export interface Change {
  id: LedgerAccountId;
  change: number;
}

export interface Rows {
  transactions: readonly Record<string, unknown>[];
  entries: readonly Record<string, unknown>[];
  /** For accounts nobody locked. */
  deltas: readonly Change[];
  /** For accounts this transaction holds. */
  balances: readonly Change[];
}

const written = preparedStatement<{ count: number }>(
  (table) => `
    with posted as (
      insert into ${table('ledger_transactions')} (tenant_id, id, reference, kind, occurred_at,
        postings_hash, reverses, source_kind, source_id, workflow_id, receipt, actor, reason)
      select $1, id, reference, kind, at, decode(hash, 'hex'), reverses, "sourceKind",
        "sourceId", "workflowId", receipt, actor, reason
      from json_to_recordset($2::json) as x(id uuid, reference text, kind text, at timestamptz,
        hash text, reverses uuid, "sourceKind" text, "sourceId" text, "workflowId" text,
        receipt text, actor text, reason text)
      on conflict do nothing returning id
    ), entered as (
      insert into ${table('ledger_entries')}
        (tenant_id, transaction_id, leg, account_id, amount_cents, occurred_at)
      select $1, e.x, e.leg, e.account, e.cents, e.at from json_to_recordset($3::json)
        as e(x uuid, leg smallint, account uuid, cents bigint, at timestamptz)
      join posted on posted.id = e.x
    ), noted as (
      insert into ${table('ledger_deltas')} (tenant_id, account_id, amount_cents)
      select $1, id, change from json_to_recordset($4::json) as d(id uuid, change bigint)
    ), settled as (
      update ${table('ledger_accounts')} a
      set balance_cents = a.balance_cents + b.change, version = a.version + 1
      from json_to_recordset($5::json) as b(id uuid, change bigint)
      where a.tenant_id = $1 and a.id = b.id
    )
    select count(*) as count from posted`,
);

/**
 * Writes everything in one statement; answers how many transactions were new. When that is fewer
 * than given, the caller must roll back: the balances were moved by all of them.
 */
export async function writeRows(t: TenantHandle, rows: Rows): Promise<number> {
  const { transactions, entries, deltas, balances } = rows;
  const lists = [transactions, entries, deltas, balances].map((list) => JSON.stringify(list));
  const [row] = await written(t, [t.tenantId, ...lists]);
  return row?.count ?? 0;
}
