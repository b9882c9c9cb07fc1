/** Balances of shortcodes as M-PESA told them, and who wants to hear when one is low. */
import { sql } from 'kysely';
import type { ShortcodeId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

export interface AccountBalance {
  name: string;
  currentCents: Cents;
  availableCents: Cents;
  reservedCents: Cents;
  unclearedCents: Cents;
}

export interface LowBalance {
  account: string;
  availableCents: Cents;
  belowCents: Cents;
}

/** Keeps the balances of one answer; returns the watched accounts that have just become low. */
export async function recordBalances(
  t: TenantHandle,
  told: {
    queryId: string;
    shortcodeId: ShortcodeId;
    at: Instant;
    accounts: readonly AccountBalance[];
  },
): Promise<LowBalance[]> {
  const { queryId, shortcodeId, at, accounts } = told;
  const distinct = new Map(accounts.map((account) => [account.name, account]));
  await t.query
    .insertInto('shortcode_balances')
    .values(
      [...distinct.values()].map((account) => ({
        tenant_id: t.tenantId,
        query_id: queryId,
        shortcode_id: shortcodeId,
        account: account.name,
        current_cents: account.currentCents,
        available_cents: account.availableCents,
        reserved_cents: account.reservedCents,
        uncleared_cents: account.unclearedCents,
        at,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const becameLow: LowBalance[] = [];
  for (const { name, availableCents } of distinct.values()) {
    const changed = await t.query
      .updateTable('balance_watches')
      .set({ is_low: sql<boolean>`${availableCents}::bigint < below_cents` })
      .where('shortcode_id', '=', shortcodeId)
      .where('account', '=', name)
      .where(sql<boolean>`is_low <> (${availableCents}::bigint < below_cents)`)
      .returning(['is_low', 'below_cents'])
      .executeTakeFirst();
    if (changed?.is_low === true) {
      becameLow.push({ account: name, availableCents, belowCents: changed.below_cents });
    }
  }
  return becameLow;
}

export interface BalanceView extends AccountBalance {
  at: Instant;
  belowCents: Cents | null;
  isLow: boolean;
}

/** The newest balance of every account of a shortcode. */
export async function latestBalances(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
): Promise<BalanceView[]> {
  const found = await sql<BalanceView>`
    select distinct on (b.account) b.account as name, b.current_cents as "currentCents",
      b.available_cents as "availableCents", b.reserved_cents as "reservedCents",
      b.uncleared_cents as "unclearedCents", b.at, w.below_cents as "belowCents",
      coalesce(w.is_low, false) as "isLow"
    from ${t.table('shortcode_balances')} b
    left join ${t.table('balance_watches')} w on w.tenant_id = b.tenant_id
      and w.shortcode_id = b.shortcode_id and w.account = b.account
    where b.shortcode_id = ${shortcodeId}
    order by b.account, b.at desc`.execute(t.query);
  return found.rows;
}

/** Has somebody told when an account falls below an amount. */
export async function watchBalance(
  t: TenantHandle,
  watch: { shortcodeId: ShortcodeId; account: string; belowCents: Cents; setBy: string },
): Promise<void> {
  const values = { below_cents: watch.belowCents, set_by: watch.setBy };
  await t.query
    .insertInto('balance_watches')
    .values({
      tenant_id: t.tenantId,
      shortcode_id: watch.shortcodeId,
      account: watch.account,
      ...values,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'shortcode_id', 'account']).doUpdateSet(values),
    )
    .execute();
}

/** Below what somebody is told of an account; null while nobody watches it. */
export async function watchedBelow(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
  account: string,
): Promise<Cents | null> {
  const found = await t.query
    .selectFrom('balance_watches')
    .select('below_cents')
    .where('shortcode_id', '=', shortcodeId)
    .where('account', '=', account)
    .executeTakeFirst();
  return found?.below_cents ?? null;
}

export interface BalanceSubject {
  shortcodeId: ShortcodeId;
  /** When its balances were last asked for, by whomever; when it was made if they never were. */
  lastAskedAt: Instant;
}

/** Every shortcode that can be asked about: active, with credentials whose operator is not stopped. */
export async function lastAskedForBalances(t: TenantHandle): Promise<BalanceSubject[]> {
  const found = await sql<BalanceSubject>`
    select s.id as "shortcodeId",
      coalesce((select max(q.asked_at) from ${t.table('provider_queries')} q
        where q.subject_id = s.id and q.kind = 'balance'), s.created_at) as "lastAskedAt"
    from ${t.table('shortcodes')} s
    where s.status = 'active' and s.credentials_at is not null and s.initiator_stop_code is null
    order by s.id`.execute(t.query);
  return found.rows;
}
