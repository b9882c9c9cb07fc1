/**
 * Keeps the figures of an account equal to its live transactions: by day and group, by month and
 * group, and by day alone. A day is always recomputed whole, which makes repeats and reversals
 * harmless; its month is corrected by exactly what the day changed, so no month is ever read again.
 */
import { sql } from 'kysely';
import type { AccountId } from '../domain/ids.ts';
import type { BusinessDate } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { standingParts } from './standing-parts.ts';

interface Days {
  accountId: AccountId;
  dates: readonly BusinessDate[];
}

/** Makes the figures of an account equal to its live transactions on the given days. */
export async function recomputeRollups(
  t: TenantHandle,
  accountId: AccountId,
  dates: readonly BusinessDate[],
): Promise<void> {
  if (dates.length === 0) return;
  const days = { accountId, dates };
  await takeTurns(t, accountId);
  await takeDaysOut(t, days);
  await putDaysIn(t, days);
  await dropEmptyMonths(t, days);
  await replaceTotals(t, days);
}

/**
 * Two recomputations of an account would insert the same figures; posting need not wait for them,
 * because what it commits meanwhile is told by an event of its own.
 */
async function takeTurns(t: TenantHandle, accountId: AccountId): Promise<void> {
  const place = `rollups|${t.tenantId}|${accountId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${place}, 0))`.execute(t.query);
}

const byMonth = sql`
  select tenant_id, account_id, date_trunc('month', business_date)::date as month, direction,
    channel, category, nature, sum(transaction_count)::integer as transaction_count,
    sum(amount_cents)::bigint as amount_cents
  from days group by 1, 2, 3, 4, 5, 6, 7`;

async function takeDaysOut(t: TenantHandle, { accountId, dates }: Days): Promise<void> {
  await sql`
    with days as (
      delete from ${t.table('daily_rollups')}
      where account_id = ${accountId} and business_date = any(${dates}::date[])
      returning *
    ), old as (${byMonth})
    update ${t.table('monthly_rollups')} m
    set transaction_count = m.transaction_count - old.transaction_count,
      amount_cents = m.amount_cents - old.amount_cents
    from old
    where (m.account_id, m.month, m.direction, m.channel, m.category, m.nature)
      = (old.account_id, old.month, old.direction, old.channel, old.category, old.nature)
  `.execute(t.query);
}

/** A split row counts under the category of each of its parts, once in each, with their amounts. */
async function putDaysIn(t: TenantHandle, { accountId, dates }: Days): Promise<void> {
  await sql`
    with days as (
      insert into ${t.table('daily_rollups')} (tenant_id, account_id, business_date, direction,
        channel, category, nature, transaction_count, amount_cents)
      select x.tenant_id, x.account_id, x.business_date, x.direction, x.channel,
        coalesce(p.category, x.category, 'uncategorised'), x.nature,
        count(*) filter (where p.is_first is not false),
        sum(coalesce(p.amount_cents, x.amount_cents))
      from ${t.table('transactions')} x
      left join lateral (${standingParts(t)}) p on true
      where account_id = ${accountId} and business_date = any(${dates}::date[])
        and reversed_at is null
      group by 1, 2, 3, 4, 5, 6, 7
      returning *
    )
    insert into ${t.table('monthly_rollups')} as m (tenant_id, account_id, month, direction,
      channel, category, nature, transaction_count, amount_cents)
    ${byMonth}
    on conflict (tenant_id, account_id, month, direction, channel, category, nature)
    do update set transaction_count = m.transaction_count + excluded.transaction_count,
      amount_cents = m.amount_cents + excluded.amount_cents`.execute(t.query);
}

async function dropEmptyMonths(t: TenantHandle, { accountId, dates }: Days): Promise<void> {
  const months = [...new Set(dates.map((date) => `${date.slice(0, 7)}-01`))];
  await sql`
    delete from ${t.table('monthly_rollups')}
    where account_id = ${accountId} and month = any(${months}::date[]) and transaction_count = 0
  `.execute(t.query);
}

/** Only ordinary money is income or spending. */
async function replaceTotals(t: TenantHandle, { accountId, dates }: Days): Promise<void> {
  const ofDays = sql`account_id = ${accountId} and business_date = any(${dates}::date[])`;
  await sql`delete from ${t.table('daily_totals')} where ${ofDays}`.execute(t.query);
  await sql`
    insert into ${t.table('daily_totals')} (tenant_id, account_id, business_date, in_cents, out_cents)
    select tenant_id, account_id, business_date,
      coalesce(sum(amount_cents) filter (where direction = 'in'), 0)::bigint,
      coalesce(sum(amount_cents) filter (where direction = 'out'), 0)::bigint
    from ${t.table('daily_rollups')} where ${ofDays} and nature = 'ordinary'
    group by 1, 2, 3`.execute(t.query);
}
