/** The M-PESA lines, tills, paybills and bank accounts that statements belong to. */
import { sql, type RawBuilder } from 'kysely';
import type { AccountId } from '../domain/ids.ts';
import type { Cents, Currency } from '../domain/money.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import { coveredDays, uncovered } from './coverage.ts';
import type { TenantHandle } from './database.ts';
import type { AccountKind } from './statement-tables.ts';

export interface Account {
  id: AccountId;
  kind: AccountKind;
  numberMasked: string;
  label: string;
  holderName: string | null;
  currency: Currency;
  createdAt: Instant;
}

export interface NewAccount {
  kind: AccountKind;
  /** The whole number in its one canonical form; only a keyed hash of it is stored. */
  number: string;
  numberMasked: string;
  label: string;
  holderName?: string;
}

export interface AccountSummary extends Account {
  statementCount: number;
  firstAt: Instant | null;
  lastAt: Instant | null;
  latestBalanceCents: Cents | null;
  /** Days that posted statements cover, stretches joined where they touch, oldest first. */
  coverage: Days[];
  /** The days in between that none covers, oldest first. */
  gaps: Days[];
  /** Since when nobody uses it, as somebody said; a statement posted later ends that. */
  unusedSince: Instant | null;
}

/** Both days are part of it. */
export interface Days {
  from: BusinessDate;
  to: BusinessDate;
}

/** The account with this kind and number, made when it is not known yet. */
export async function findOrCreateAccount(t: TenantHandle, account: NewAccount): Promise<Account> {
  const numberIndex = t.seal.index(`account|${account.kind}|${account.number}`);
  await t.query
    .insertInto('accounts')
    .values({
      tenant_id: t.tenantId,
      kind: account.kind,
      number_masked: account.numberMasked,
      number_index: numberIndex,
      label: account.label,
      name_sealed:
        account.holderName === undefined ? null : t.seal.sealText(account.holderName, nameContext),
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'kind', 'number_index']).doNothing())
    .execute();
  const row = await selectAccount(t)
    .where('kind', '=', account.kind)
    .where('number_index', '=', numberIndex)
    .executeTakeFirstOrThrow();
  return toAccount(t, row);
}

export async function findAccount(
  t: TenantHandle,
  accountId: AccountId,
): Promise<Account | undefined> {
  const row = await selectAccount(t).where('id', '=', accountId).executeTakeFirst();
  return row && toAccount(t, row);
}

/** Every account with what its posted statements show, oldest account first. */
export async function listAccounts(t: TenantHandle): Promise<AccountSummary[]> {
  const rows = await selectAccount(t)
    .select('unused_since')
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const seen = await sql<Seen>`
    with covered as (${coveredDays(t)})
    select p.account_id as "accountId", count(*) as "statementCount", min(first_at) as "firstAt",
      max(last_at) as "lastAt", max(posted_at) as "postedAt",
      (array_agg(closing_cents order by last_at desc nulls last)
        filter (where closing_cents is not null))[1] as "latestBalanceCents",
      (select ${listed(sql`days`)} from covered c where c.account_id = p.account_id) as coverage,
      (select ${listed(uncovered)} from covered c where c.account_id = p.account_id) as gaps
    from ${t.table('statements')} p where p.status = 'posted' group by p.account_id`.execute(
    t.query,
  );
  const byAccount = new Map(seen.rows.map((row) => [row.accountId, row]));
  return rows.map(({ unused_since: said, ...row }) => {
    const { postedAt, ...summary } = summaryOf(byAccount.get(row.id));
    const unusedSince = said !== null && (postedAt === null || said >= postedAt) ? said : null;
    return { ...toAccount(t, row), ...summary, unusedSince };
  });
}

/**
 * Notes since when an account is no longer used, or with null that it is; `same` when that was
 * known, undefined where there is no such account.
 */
export async function noteUnused(
  t: TenantHandle,
  accountId: AccountId,
  since: Instant | null,
): Promise<'changed' | 'same' | undefined> {
  const before = (await listAccounts(t)).find(({ id }) => id === accountId);
  if (before === undefined) return undefined;
  if ((before.unusedSince === null) === (since === null)) return 'same';
  const change = t.query.updateTable('accounts').set({ unused_since: since });
  await change.where('id', '=', accountId).execute();
  return 'changed';
}

function listed(days: RawBuilder<unknown>) {
  return sql`(select jsonb_agg(jsonb_build_object('from', lower(one), 'to', upper(one) - 1)
    order by one) from unnest(${days}) one)`;
}

type Computed = Omit<AccountSummary, keyof Account | 'unusedSince'> & { postedAt: Instant | null };

interface Seen extends Omit<Computed, 'coverage' | 'gaps'> {
  accountId: AccountId;
  coverage: Days[] | null;
  gaps: Days[] | null;
}

const unseen = {
  statementCount: 0,
  firstAt: null,
  lastAt: null,
  postedAt: null,
  latestBalanceCents: null,
  coverage: [],
  gaps: [],
};

function summaryOf(seen: Seen | undefined): Computed {
  if (seen === undefined) return unseen;
  const { accountId: _id, coverage, gaps, ...figures } = seen;
  return { ...figures, coverage: coverage ?? [], gaps: gaps ?? [] };
}

export const nameContext = 'accounts|name';

function selectAccount(t: TenantHandle) {
  return t.query
    .selectFrom('accounts')
    .select(['id', 'kind', 'number_masked', 'label', 'name_sealed', 'currency', 'created_at']);
}

type AccountRow = Awaited<ReturnType<ReturnType<typeof selectAccount>['execute']>>[number];

function toAccount(t: TenantHandle, row: AccountRow): Account {
  const { id, kind, label, currency } = row;
  const name = row.name_sealed;
  return {
    id,
    kind,
    label,
    currency,
    numberMasked: row.number_masked,
    holderName: name === null ? null : t.seal.openText(name, nameContext),
    createdAt: row.created_at,
  };
}
