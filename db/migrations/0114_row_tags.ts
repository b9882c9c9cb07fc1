import type { Migration } from './migration.ts';

/**
 * Tags by row, as words are kept: a row for each tag, with all that filters and orders look at, in
 * the order of time and of amounts. Array operators are not leakproof, so no index over
 * `row_marks.tags` is ever used below a row-level security policy. Derived in the transaction that
 * changes a tag or the row under it, so it carries no references of its own to check.
 *
 * Nothing but the new table is locked: what is there is filled in as the running product would do it,
 * tenant by tenant.
 */
export const rowTags: Migration = {
  name: '0114_row_tags',
  up: `
call platform.in_every_schema($do$
  create table {schema}.row_tags (
    tenant_id uuid not null,
    account_id uuid not null,
    identity text not null,
    tag text not null,
    -- The live transaction that stands for the row, and what that says; null while there is none.
    transaction_id uuid,
    statement_id uuid,
    ordinal integer,
    occurred_at timestamptz(3),
    amount_cents bigint,
    direction text,
    channel text,
    nature text,
    purpose text,
    confidence text,
    category text,
    primary key (tenant_id, account_id, identity, tag),
    check (transaction_id is null or num_nulls(statement_id, ordinal, occurred_at, amount_cents,
      direction, channel, nature, purpose, confidence) = 0)
  );
  create index row_tags_time on {schema}.row_tags (tenant_id, tag, occurred_at, transaction_id)
    include (amount_cents, account_id, direction, channel, nature, purpose, confidence, category,
      statement_id) where transaction_id is not null;
  create index row_tags_amount on {schema}.row_tags (tenant_id, tag, amount_cents, transaction_id)
    include (occurred_at, account_id, direction, channel, nature, purpose, confidence, category,
      statement_id) where transaction_id is not null;
  create index row_tags_waiting on {schema}.row_tags (tenant_id, account_id, identity)
    where transaction_id is null;
  call platform.isolate('{schema}.row_tags', 'select, insert, update, delete');
$do$);

do $do$
declare
  r record;
begin
  for r in select n.nspname::text as space from pg_catalog.pg_namespace n
    where n.nspname ~ '^t_[0-9a-f]{32}$' order by 1
  loop
    execute format('alter table %I.row_tags add constraint pinned_tenant check (tenant_id = %L)',
      r.space, substr(r.space, 3)::uuid);
  end loop;

  set local role daftari_app;
  for r in
    select p.id, s.space from platform.tenants p
    cross join lateral (values ('shared'), ('t_' || replace(p.id::text, '-', ''))) as s (space)
    where exists (select from pg_catalog.pg_namespace n where n.nspname = s.space) order by 1, 2
  loop
    perform set_config('app.tenant_id', r.id::text, true);
    execute format($fill$
      insert into %1$I.row_tags (tenant_id, account_id, identity, tag, transaction_id, statement_id,
        ordinal, occurred_at, amount_cents, direction, channel, nature, purpose, confidence, category)
      select m.tenant_id, m.account_id, m.identity, tag, x.id, x.statement_id, x.ordinal,
        x.occurred_at, x.amount_cents, x.direction, x.channel, x.nature, x.purpose, x.confidence,
        x.category
      from %1$I.row_marks m
      cross join lateral unnest(m.tags) as tag
      left join %1$I.transactions x on x.tenant_id = m.tenant_id and x.account_id = m.account_id
        and x.identity = m.identity and x.reversed_at is null$fill$, r.space);
  end loop;
  reset role;
  perform set_config('app.tenant_id', '', true);
end $do$;
`,
  down: `
call platform.in_every_schema($do$ drop table {schema}.row_tags; $do$);
`,
};
