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

/** Memory for the sums of so many partners that they would go through files otherwise. */
const workMemory = '64MB';

/**
 * Ordinary money only; at most `limit` partners for each direction, those with most money first. The
 * rows are read once: the hours they began in are told apart without a calendar, which only the few
 * thousand sums meet, and ids are compared as the bytes they are.
 */
export async function patternsOf(
  t: TenantHandle,
  period: Period,
  limit: number,
): Promise<{ hours: HourOfWeek[]; partners: Partner[] }> {
  await sql`select set_config('work_mem', ${workMemory}, true)`.execute(t.query);
  const found = await sql<Line>`
    with x as (
      select direction, amount_cents, counterparty_key_index as partner, uuid_send(id) as id,
        date_bin('1 hour', occurred_at, 'epoch') as began
      from ${t.table('transactions')}
      where business_date between ${period.from} and ${period.to} and reversed_at is null
        and nature = 'ordinary' and ${ofAccounts(sql.ref('account_id'), period)}
    ), g as materialized (
      select direction, began, partner, count(*) as count, sum(amount_cents) as cents,
        max(id) as newest
      from x group by grouping sets ((direction, began), (direction, partner))
    )
    select extract(isodow from began at time zone 'Africa/Nairobi')::integer as weekday,
      extract(hour from began at time zone 'Africa/Nairobi')::integer as hour, direction,
      sum(count)::bigint as count, sum(cents)::bigint as "amountCents", null::uuid as newest
    from g where began is not null group by 1, 2, 3
    union all
    select 0, 0, direction, count, cents::bigint, encode(newest, 'hex')::uuid
    from unnest(array['in', 'out']) as way
    cross join lateral (
      select g.* from g
      where g.direction = way and g.began is null and g.partner is not null
      order by g.cents desc, g.newest limit ${limit}
    ) first
    order by 1, 2, 3, "amountCents" desc, newest`.execute(t.query);
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
