/**
 * Who paid and was paid most in a period, and at which hours of the week: read from the rows
 * themselves, since no rollup knows hours or people.
 */
import { sql } from 'kysely';
import type { TransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Direction } from '../domain/statements/terms.ts';
import { ofAccounts, type Period } from './analytics.ts';
import type { TenantHandle } from './database.ts';
import { readTransactions, type Transaction } from './transactions.ts';

export interface HourOfWeek {
  /** 1 is Monday, 7 is Sunday, in Nairobi. */
  weekday: number;
  /** 0–23, the hour in which it began. */
  hour: number;
  direction: Direction;
  count: number;
  amountCents: Cents;
}

export interface Partner {
  direction: Direction;
  count: number;
  amountCents: Cents;
  /** As the newest of their rows names them. */
  counterparty: NonNullable<Transaction['counterparty']>;
}

interface Line extends HourOfWeek {
  newest: TransactionId | null;
}

/** Ordinary money only; at most `limit` partners for each direction, those with most money first. */
export async function patternsOf(
  t: TenantHandle,
  period: Period,
  limit: number,
): Promise<{ hours: HourOfWeek[]; partners: Partner[] }> {
  const found = await sql<Line>`
    with x as (
      select direction, amount_cents, counterparty_key_index as partner, id,
        extract(isodow from business_date)::integer as weekday,
        extract(hour from occurred_at at time zone 'Africa/Nairobi')::integer as hour
      from ${t.table('transactions')}
      where business_date between ${period.from} and ${period.to} and reversed_at is null
        and nature = 'ordinary' and ${ofAccounts(sql.ref('account_id'), period)}
    ), g as materialized (
      select direction, weekday, hour, partner, count(*) as count,
        sum(amount_cents)::bigint as "amountCents", max(id::text)::uuid as newest
      from x group by grouping sets ((direction, weekday, hour), (direction, partner))
    )
    select weekday, hour, direction, count, "amountCents", null as newest
    from g where weekday is not null
    union all
    select 0, 0, direction, count, "amountCents", newest from (
      select g.*, row_number() over (
        partition by direction order by "amountCents" desc, newest) as place
      from g where weekday is null and partner is not null
    ) ranked where place <= ${limit}
    order by 1, 2, 3, "amountCents" desc`.execute(t.query);
  const hours = found.rows.flatMap(({ newest, ...hour }) => (newest === null ? [hour] : []));
  return { hours, partners: await named(t, found.rows) };
}

async function named(t: TenantHandle, lines: readonly Line[]): Promise<Partner[]> {
  const ids = lines.flatMap(({ newest }) => (newest === null ? [] : [newest]));
  const rows = new Map((await readTransactions(t, ids)).map((row) => [row.id, row]));
  return lines.flatMap(({ newest, direction, count, amountCents }) => {
    const counterparty = newest && rows.get(newest)?.counterparty;
    return counterparty ? [{ direction, count, amountCents, counterparty }] : [];
  });
}
