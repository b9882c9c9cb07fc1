/** Which days of an account its posted statements cover, and which they leave out. */
import { sql } from 'kysely';
import type { BusinessDate, Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';

/** One row per account that has any covered day: `account_id`, `days` (multirange), `posted_at`. */
export function coveredDays(t: TenantHandle) {
  return sql`
    select account_id, range_agg(daterange(first_day, last_day, '[]')) as days,
      max(posted_at) as posted_at
    from (
      select account_id, posted_at,
        coalesce(period_from, (first_at at time zone 'Africa/Nairobi')::date) as first_day,
        coalesce(period_to, (last_at at time zone 'Africa/Nairobi')::date) as last_day
      from ${t.table('statements')} where status = 'posted' and account_id is not null
    ) posted
    where first_day <= last_day group by account_id`;
}

/** The days between the first and the last covered one that no statement covers. */
export const uncovered = sql`datemultirange(range_merge(days)) - days`;

export interface CoverageMatter {
  kind: 'account-gap' | 'account-stale';
  /** The account's UUID. */
  subjectId: string;
  label: string;
  numberMasked: string;
  /** The newest gap; for a stale account the days since the last covered one. */
  from: BusinessDate;
  to: BusinessDate;
  /** Days without a statement, of all gaps together. */
  count: number;
  at: Instant;
}

/**
 * Accounts with a gap between their statements, and those whose newest statement ended more than
 * `staleAfterDays` before `today` and that somebody still uses; what came last first.
 */
export async function coverageMatters(
  t: TenantHandle,
  asked: { today: BusinessDate; staleAfterDays: number; limit: number },
): Promise<CoverageMatter[]> {
  const { today, staleAfterDays, limit } = asked;
  const found = await sql<CoverageMatter>`
    with covered as (${coveredDays(t)}), gaps as (
      select account_id, posted_at, unnest(${uncovered}) as gap from covered
    ), newest as (
      select distinct on (account_id) account_id, posted_at, gap,
        sum(upper(gap) - lower(gap)) over (partition by account_id)::integer as missing
      from gaps order by account_id, gap desc
    ), matters as (
      select 'account-gap' as kind, account_id, lower(gap) as first_day, upper(gap) - 1 as last_day,
        missing, posted_at from newest
      union all
      select 'account-stale', account_id, upper(days), ${today}::date, ${today}::date - upper(days) + 1,
        posted_at
      from covered where ${today}::date - upper(days) >= ${staleAfterDays}::integer
        and not exists (select from ${t.table('accounts')} u
          where u.id = covered.account_id and u.unused_since >= covered.posted_at)
    )
    select m.kind, a.id as "subjectId", a.label, a.number_masked as "numberMasked",
      m.first_day as "from", m.last_day as "to", m.missing as count, m.posted_at as at
    from matters m join ${t.table('accounts')} a on a.id = m.account_id
    order by m.posted_at desc, a.id, m.kind limit ${limit}`.execute(t.query);
  return found.rows;
}
