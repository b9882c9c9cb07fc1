/**
 * Balances at the end of days, so that a balance of last year is one row and not a sum over years. A
 * day is written when it is over by two days; a movement that is recorded for such a day afterwards
 * corrects the rows in its own transaction.
 */
import { sql } from 'kysely';
import type { BusinessDate, Instant } from '../domain/time.ts';
import { addDays, businessDateOf } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { takeTurn } from './turns.ts';

/** Days younger than this are still summed up from entries. */
const openDays = 2;

/** Movements up to this day are corrections of days that may have been written. */
export function lastWrittenDay(now: Instant): BusinessDate {
  return addDays(businessDateOf(now), -openDays);
}

/** Whoever writes days and whoever corrects them take turns. */
function takeTurnOnDays(t: TenantHandle): Promise<void> {
  return takeTurn(t, `${t.tenantId}/ledger-days`);
}

/** Writes the days that are over; answers how many rows. May be repeated. */
export async function writeDayBalances(t: TenantHandle, now: Instant): Promise<number> {
  await takeTurnOnDays(t);
  const written = await sql`
    with edge as (
      select (coalesce(max(business_date), '-infinity'::date)) as day
      from ${t.table('ledger_day_balances')} where tenant_id = ${t.tenantId}
    ), moved as (
      select e.account_id, (e.occurred_at at time zone 'Africa/Nairobi')::date as day,
        sum(e.amount_cents) as cents
      from ${t.table('ledger_entries')} e, edge
      where e.tenant_id = ${t.tenantId}
        and (e.occurred_at at time zone 'Africa/Nairobi')::date > edge.day
        and (e.occurred_at at time zone 'Africa/Nairobi')::date <= ${lastWrittenDay(now)}::date
      group by 1, 2
    )
    insert into ${t.table('ledger_day_balances')} (tenant_id, account_id, business_date, balance_cents)
    select ${t.tenantId}, m.account_id, m.day,
      (base.cents + sum(m.cents) over (partition by m.account_id order by m.day))::bigint
    from moved m, edge, lateral (
      select coalesce(b.balance_cents, 0) + coalesce((
        select sum(e.amount_cents) from ${t.table('ledger_entries')} e
        where e.tenant_id = ${t.tenantId} and e.account_id = m.account_id
          and e.occurred_at >= coalesce(
            (b.business_date + 1)::timestamp at time zone 'Africa/Nairobi', '-infinity')
          and (e.occurred_at at time zone 'Africa/Nairobi')::date <= edge.day
      ), 0) as cents
      from (select 1) one
      left join lateral (
        select r.business_date, r.balance_cents from ${t.table('ledger_day_balances')} r
        where r.tenant_id = ${t.tenantId} and r.account_id = m.account_id
        order by r.business_date desc limit 1
      ) b on true
    ) base`.execute(t.query);
  return Number(written.numAffectedRows ?? 0);
}

export interface LateEntry {
  accountId: string;
  day: BusinessDate;
  cents: number;
}

/** Carries movements of days that may have been written into the rows from that day on. */
export async function correctDays(t: TenantHandle, entries: readonly LateEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await takeTurnOnDays(t);
  await sql`
    update ${t.table('ledger_day_balances')} b set balance_cents = b.balance_cents + c.cents
    from (
      select d.account_id, d.business_date, sum(x.cents)::bigint as cents
      from json_to_recordset(${JSON.stringify(entries)}::json)
        as x("accountId" uuid, day date, cents bigint)
      join ${t.table('ledger_day_balances')} d on d.tenant_id = ${t.tenantId}
        and d.account_id = x."accountId" and d.business_date >= x.day
      group by 1, 2
    ) c
    where b.tenant_id = ${t.tenantId} and b.account_id = c.account_id
      and b.business_date = c.business_date`.execute(t.query);
}
