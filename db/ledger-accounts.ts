/**
 * Accounts and their balances. A balance is `balance_cents` of the row plus what waits in
 * `ledger_deltas`: money that only enters an account is noted there without touching the row, so
 * writers of a busy account do not wait for each other. Whoever has to know what may be spent locks
 * the row and folds the notes into it.
 */
import { sql } from 'kysely';
import type { LedgerAccountId } from '../domain/ids.ts';
import { accountKey, availableOf } from '../domain/ledger/postings.ts';
import type { AccountKey, Held } from '../domain/ledger/postings.ts';
import type { AccountKind, AccountRef, Balance } from '../domain/ledger/terms.ts';
import { add, zero, type Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { preparedStatement } from './prepared.ts';

export interface KnownAccount {
  kind: AccountKind;
  owner: string;
  id: LedgerAccountId;
  isClosed: boolean;
  watch: 'below' | 'above' | 'both' | null;
}

/** A locked account: what it holds with everything folded in, and how much of that was folded. */
export interface LockedAccount extends Held {
  id: LedgerAccountId;
  foldedCents: Cents;
}

/** The accounts that exist among `refs`; nothing is created. */
export async function findAccounts(
  t: TenantHandle,
  refs: readonly AccountRef[],
): Promise<Map<AccountKey, KnownAccount>> {
  const found = await sql<KnownAccount>`
    select a.kind, a.owner, a.id, a.closed_at is not null as "isClosed", a.watch
    from unnest(${refs.map(({ kind }) => kind)}::text[], ${refs.map(({ owner }) => owner)}::text[])
      as wanted(kind, owner)
    join ${t.table('ledger_accounts')} a on a.tenant_id = ${t.tenantId}
      and a.kind = wanted.kind and a.owner = wanted.owner`.execute(t.query);
  return new Map(found.rows.map((account) => [accountKey(account), account]));
}

/** The accounts of `refs`, opening those that do not exist. */
export async function ensureAccounts(
  t: TenantHandle,
  refs: readonly AccountRef[],
): Promise<Map<AccountKey, KnownAccount>> {
  const wanted = new Map(refs.map((ref) => [accountKey(ref), ref]));
  if (wanted.size === 0) return new Map();
  const found = await findAccounts(t, [...wanted.values()]);
  if (found.size === wanted.size) return found;
  const missing = [...wanted].filter(([key]) => !found.has(key)).map(([, ref]) => ref);
  return new Map([...found, ...(await openAccounts(t, missing))]);
}

/** Safe when two open the same one. */
async function openAccounts(
  t: TenantHandle,
  refs: readonly AccountRef[],
): Promise<Map<AccountKey, KnownAccount>> {
  const sorted = [...refs].sort((a, b) => (accountKey(a) < accountKey(b) ? -1 : 1));
  await t.query
    .insertInto('ledger_accounts')
    .values(sorted.map(({ kind, owner }) => ({ tenant_id: t.tenantId, kind, owner })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return findAccounts(t, refs);
}

/**
 * Locks rows in the order of their ids and folds what waits. The fold is a statement of its own: its
 * snapshot is younger than the lock, so it sees no note that somebody before us folded.
 */
export async function lockAccounts(
  t: TenantHandle,
  ids: readonly LedgerAccountId[],
): Promise<Map<LedgerAccountId, LockedAccount>> {
  if (ids.length === 0) return new Map();
  const locked = await lockRows(t, [t.tenantId, ids]);
  const folded = await takeDeltas(t, ids);
  return new Map(
    locked.map((row) => {
      const foldedCents = folded.get(row.id) ?? zero;
      return [row.id, { ...row, balanceCents: add(row.balanceCents, foldedCents), foldedCents }];
    }),
  );
}

const lockRows = preparedStatement<Held & { id: LedgerAccountId }>(
  (table) => `
    select id, balance_cents as "balanceCents", reserved_cents as "reservedCents"
    from ${table('ledger_accounts')} where tenant_id = $1 and id = any($2::uuid[])
    order by id for no key update`,
);

const deleteDeltas = preparedStatement<{ id: LedgerAccountId; cents: Cents }>(
  (table) => `
    with taken as (
      delete from ${table('ledger_deltas')} where tenant_id = $1 and account_id = any($2::uuid[])
      returning account_id, amount_cents
    )
    select account_id as id, sum(amount_cents)::bigint as cents from taken group by 1`,
);

async function takeDeltas(
  t: TenantHandle,
  ids: readonly LedgerAccountId[],
): Promise<Map<LedgerAccountId, Cents>> {
  const taken = await deleteDeltas(t, [t.tenantId, ids]);
  return new Map(taken.map(({ id, cents }) => [id, cents]));
}

/** Folds what waits for these accounts unless somebody holds them just now. */
export async function foldIfFree(t: TenantHandle, ids: readonly LedgerAccountId[]): Promise<void> {
  const free = await sql<{ id: LedgerAccountId }>`
    select id from ${t.table('ledger_accounts')}
    where tenant_id = ${t.tenantId} and id = any(${ids}::uuid[])
    order by id for no key update skip locked`.execute(t.query);
  const folded = await takeDeltas(
    t,
    free.rows.map(({ id }) => id),
  );
  if (folded.size === 0) return;
  await sql`
    update ${t.table('ledger_accounts')} a
    set balance_cents = a.balance_cents + f.cents, version = a.version + 1
    from unnest(${[...folded.keys()]}::uuid[], ${[...folded.values()]}::bigint[]) as f(id, cents)
    where a.tenant_id = ${t.tenantId} and a.id = f.id`.execute(t.query);
}

/** An account nobody has used holds nothing. With `at`, what it held at that instant (inclusive). */
export async function balanceOf(
  t: TenantHandle,
  account: AccountRef,
  options: { at?: Instant } = {},
): Promise<Balance> {
  const { kind, owner } = account;
  const { at } = options;
  const found = await sql<Held>`
    select ${at === undefined ? currentBalance(t) : balanceAt(t, at)} as "balanceCents",
      ${at === undefined ? sql`a.reserved_cents` : reservedAt(t, at)} as "reservedCents"
    from ${t.table('ledger_accounts')} a
    where a.tenant_id = ${t.tenantId} and a.kind = ${kind} and a.owner = ${owner}`.execute(t.query);
  const held = found.rows[0] ?? { balanceCents: zero, reservedCents: zero };
  return { ...held, availableCents: availableOf(held) };
}

/** SQL for what account `a` holds now. */
export function currentBalance(t: TenantHandle) {
  return sql<Cents>`(a.balance_cents + coalesce((
    select sum(d.amount_cents) from ${t.table('ledger_deltas')} d
    where d.tenant_id = a.tenant_id and d.account_id = a.id), 0))::bigint`;
}

/** SQL for what account `a` held at an instant: the last day balance before it, and entries since. */
export function balanceAt(t: TenantHandle, at: Instant) {
  return sql<Cents>`(
    select (coalesce(s.balance_cents, 0) + coalesce((
      select sum(e.amount_cents) from ${t.table('ledger_entries')} e
      where e.tenant_id = a.tenant_id and e.account_id = a.id and e.occurred_at <= ${at}
        and e.occurred_at >= coalesce(
          (s.business_date + 1)::timestamp at time zone 'Africa/Nairobi', '-infinity')
    ), 0))::bigint
    from (select 1) one
    left join lateral (
      select business_date, balance_cents from ${t.table('ledger_day_balances')} b
      where b.tenant_id = a.tenant_id and b.account_id = a.id
        and b.business_date < (${at}::timestamptz at time zone 'Africa/Nairobi')::date
      order by b.business_date desc limit 1
    ) s on true)`;
}

/** SQL for what account `a` had reserved at an instant. */
export function reservedAt(t: TenantHandle, at: Instant) {
  return sql<Cents>`(
    select coalesce(sum(r.amount_cents), 0)::bigint from ${t.table('ledger_reservations')} r
    where r.tenant_id = a.tenant_id and r.from_account_id = a.id and r.created_at <= ${at}
      and (r.closed_at is null or r.closed_at > ${at}))`;
}
