import type { Migration } from './migration.ts';

const tables = ['payout_closings', 'payout_returns'] as const;
const endings = {
  payout_closings: ["'agreed'", "'rejected'"],
  payout_returns: ["'agreed'", "'rejected'", "'booked'", "'known-receipt'"],
} as const;
const inEverySchema = (change: (table: (typeof tables)[number]) => string) =>
  `call platform.in_every_schema($do$${tables.map(change).join('')}$do$);`;

/**
 * What one person said of a payout does not wait for ever: whoever said it may take it back, and after
 * a week without a second person it is over. What waits now has its week from now on.
 */
export const wordsExpire: Migration = {
  name: '0111_words_expire',
  up: inEverySchema(
    (table) => `
  alter table {schema}.${table} add column expires_at timestamptz(3);
  alter table {schema}.${table} no force row level security;
  update {schema}.${table} set expires_at =
    case status when 'waiting' then now() else requested_at end + interval '7 days';
  alter table {schema}.${table} force row level security;
  alter table {schema}.${table}
    alter column expires_at set not null,
    add constraint ${table}_expiry_check check (expires_at > requested_at),
    drop constraint ${table}_status_check,
    add constraint ${table}_status_check
      check (status in ('waiting', ${endings[table].join(', ')}, 'withdrawn', 'expired')),
    drop constraint ${table}_check,
    add constraint ${table}_two_people_check
      check (status in ('withdrawn', 'expired') or decided_by <> requested_by);
  create index ${table}_open on {schema}.${table} (tenant_id, expires_at)
    where status = 'waiting';
`,
  ),
  down: inEverySchema(
    (table) => `
  drop index {schema}.${table}_open;
  alter table {schema}.${table} no force row level security;
  update {schema}.${table} set status = 'rejected', decided_by = 'service:payments'
  where status in ('withdrawn', 'expired');
  alter table {schema}.${table} force row level security;
  alter table {schema}.${table}
    drop constraint ${table}_two_people_check,
    add constraint ${table}_check check (decided_by <> requested_by),
    drop constraint ${table}_status_check,
    add constraint ${table}_status_check
      check (status in ('waiting', ${endings[table].join(', ')})),
    drop column expires_at;
`,
  ),
};
