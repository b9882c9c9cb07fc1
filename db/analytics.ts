/**
 * The figures of a period, read from rollups so that a year over millions of rows takes
 * milliseconds: whole months from the monthly ones, the days at the edges from the daily ones.
 */
import { sql } from 'kysely';
import type { AccountId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import { add, subtract, zero } from '../domain/money.ts';
import type { Channel, Direction } from '../domain/statements/terms.ts';
import { addDays, daysBetween, wholeMonths } from '../domain/time.ts';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { Nature } from './statement-tables.ts';

export interface Period {
  /** First and last business date, both included. */
  from: BusinessDate;
  to: BusinessDate;
  /** Left out: all accounts. */
  accountIds?: readonly AccountId[];
}

export interface Group {
  direction: Direction;
  channel: Channel;
  category: string;
  nature: Nature;
  count: number;
  amountCents: Cents;
}

export interface Overview {
  /** Ordinary money only: income and spending. */
  inCents: Cents;
  outCents: Cents;
  /** Charges paid, less charges given back. */
  feesCents: Cents;
  /** Own money and loan principal, neither income nor spending. */
  excluded: { inCents: Cents; outCents: Cents };
  /** Everything of the period by direction, channel, category and nature; largest first. */
  groups: Group[];
  /** Sum of the accounts' last known balances at the end of the period; null when none is known. */
  balanceCents: Cents | null;
  /** When a statement last changed the figures. */
  updatedAt: Instant | null;
}

/** The figures of a period. */
export async function overview(t: TenantHandle, period: Period): Promise<Overview> {
  const found = await sql<Group>`
    select direction, channel, category, nature, sum(transaction_count)::bigint as count,
      sum(amount_cents)::bigint as "amountCents"
    from (${rollupsOf(t, period)}) rollup
    group by direction, channel, category, nature
    order by sum(amount_cents) desc, direction, channel, category, nature`.execute(t.query);
  const groups = found.rows;
  const total = (direction: Direction, natures: readonly Nature[]) =>
    groups
      .filter((group) => group.direction === direction && natures.includes(group.nature))
      .reduce((sum, group) => add(sum, group.amountCents), zero);
  return {
    inCents: total('in', ['ordinary']),
    outCents: total('out', ['ordinary']),
    feesCents: subtract(total('out', ['charge']), total('in', ['charge'])),
    excluded: {
      inCents: total('in', ['own-money', 'loan']),
      outCents: total('out', ['own-money', 'loan']),
    },
    groups,
    ...(await standingAt(t, period)),
  };
}

export interface Day {
  date: BusinessDate;
  inCents: Cents;
  outCents: Cents;
}

/** Ordinary money in and out on every day of the period, days without movement included. */
export async function dailySeries(t: TenantHandle, period: Period): Promise<Day[]> {
  const { from, to } = period;
  const found = await sql<Day>`
    select business_date as date, sum(in_cents)::bigint as "inCents",
      sum(out_cents)::bigint as "outCents"
    from ${t.table('daily_totals')}
    where business_date between ${from} and ${to} and ${ofAccounts(sql.ref('account_id'), period)}
    group by business_date`.execute(t.query);
  const moved = new Map(found.rows.map((day) => [day.date, day]));
  return Array.from({ length: daysBetween(from, to) + 1 }, (_, day) => {
    const date = addDays(from, day);
    return moved.get(date) ?? { date, inCents: zero, outCents: zero };
  });
}

/**
 * The balance at the end of the period, summed over accounts, and when figures changed last. Rows of
 * one second are printed in any order, so the last of them is the one whose balance no other of them
 * continues from.
 */
async function standingAt(
  t: TenantHandle,
  period: Period,
): Promise<Pick<Overview, 'balanceCents' | 'updatedAt'>> {
  const found = await sql<Pick<Overview, 'balanceCents' | 'updatedAt'>>`
    select sum(last_row.balance_cents)::bigint as "balanceCents", (
      select greatest(max(posted_at), max(undone_at)) from ${t.table('statements')}
    ) as "updatedAt"
    from ${t.table('accounts')} a
    cross join lateral (
      select x.business_date, x.occurred_at from ${t.table('transactions')} x
      where x.account_id = a.id and x.reversed_at is null and x.business_date <= ${period.to}
        and x.balance_cents is not null
      order by x.business_date desc, x.occurred_at desc limit 1
    ) moment
    cross join lateral (
      select x.balance_cents from ${t.table('transactions')} x
      where x.account_id = a.id and x.reversed_at is null and x.balance_cents is not null
        and x.business_date = moment.business_date and x.occurred_at = moment.occurred_at
      order by exists (
        select from ${t.table('transactions')} next
        where next.account_id = a.id and next.reversed_at is null and next.id <> x.id
          and next.business_date = moment.business_date
          and next.occurred_at = moment.occurred_at
          and next.balance_cents = x.balance_cents
            + case next.direction when 'in' then next.amount_cents else -next.amount_cents end
      ), x.id desc
      limit 1
    ) last_row
    where ${ofAccounts(sql.ref('a.id'), period)}`.execute(t.query);
  return found.rows[0] ?? { balanceCents: null, updatedAt: null };
}

export type AttentionKind =
  | 'statement-waiting-password'
  | 'statement-waiting-mapping'
  | 'statement-waiting-review'
  | 'statement-refused'
  | 'statement-has-rejects'
  | 'operation-failed';

export interface Attention {
  kind: AttentionKind;
  /** The statement's UUID, also for a failed operation. */
  subjectId: string;
  fileName: string;
  problem: string | null;
  /** Rejected rows, where that is the matter. */
  count: number;
  at: Instant;
}

/** What waits for a person or went wrong within 30 days, newest first. */
export async function needsAttention(t: TenantHandle, limit: number): Promise<Attention[]> {
  const found = await sql<Attention>`
    select case when status = 'posted' then 'statement-has-rejects' else 'statement-' || status end
        as kind,
      id as "subjectId", file_name as "fileName", problem, reject_count as count,
      coalesce(posted_at, created_at) as at
    from ${t.table('statements')}
    where status in ('waiting-password', 'waiting-mapping', 'waiting-review')
      or status = 'refused' and created_at > now() - interval '30 days'
      or status = 'posted' and reject_count > 0 and posted_at > now() - interval '30 days'
    union all
    select 'operation-failed', s.id, s.file_name, o.error ->> 'code', 0, o.updated_at
    from ${t.table('operations')} o
    join ${t.table('statements')} s on s.id = o.subject_id
    where o.status = 'failed' and o.updated_at > now() - interval '30 days'
    order by at desc, "subjectId" limit ${limit}`.execute(t.query);
  return found.rows;
}

/** The rollups that make up a period, each row of money in exactly one of them. */
function rollupsOf(t: TenantHandle, period: Period) {
  const { from, to } = period;
  const accounts = ofAccounts(sql.ref('account_id'), period);
  const columns = sql`direction, channel, category, nature, transaction_count, amount_cents`;
  const days = (first: BusinessDate, last: BusinessDate) => sql`
    select ${columns} from ${t.table('daily_rollups')}
    where business_date between ${first} and ${last} and ${accounts}`;
  const months = wholeMonths(from, to);
  if (months === undefined) return days(from, to);
  return sql`
    select ${columns} from ${t.table('monthly_rollups')}
    where month >= ${months.from} and month < ${months.until} and ${accounts}
    union all ${days(from, addDays(months.from, -1))}
    union all ${days(months.until, to)}`;
}

/** The condition that a row is of the accounts of a period. */
export function ofAccounts(column: ReturnType<typeof sql.ref>, { accountIds }: Period) {
  return accountIds === undefined ? sql`true` : sql`${column} = any(${accountIds}::uuid[])`;
}
