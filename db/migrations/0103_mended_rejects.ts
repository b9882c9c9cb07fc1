import { splits } from './0101_splits.ts';
import type { Migration } from './migration.ts';

/** As 0101 left it, where figures go by the parts of split rows. */
const { up } = splits;
const view = up.slice(
  up.indexOf('create or replace view ops.statement_invariants'),
  up.indexOf('create or replace view ops.row_change_invariants'),
);

const counted = `
left join (
  select tenant_id, statement_id, count(*) as n from shared.statement_rejects group by 1, 2
) r on r.tenant_id = s.tenant_id and r.statement_id = s.id
where s.status in ('posted', 'undone') and s.reject_count <> coalesce(r.n, 0)
`;
const countedApart = `
left join (
  select tenant_id, statement_id, count(*) filter (where settled_at is null) as n,
    count(*) filter (where settled_at is not null and ordinal is null) as skipped
  from shared.statement_rejects group by 1, 2
) r on r.tenant_id = s.tenant_id and r.statement_id = s.id
where s.status in ('posted', 'undone') and (s.reject_count, s.skipped_count)
  is distinct from (coalesce(r.n, 0)::integer, coalesce(r.skipped, 0)::integer)
`;
const after = view.replace(counted, countedApart);
if (after === view) throw new Error('0103 does not find the invariant it replaces');

const kinds = (...names: string[]) => `
  alter table {schema}.operations drop constraint operations_kind_check;
  alter table {schema}.operations add constraint operations_kind_check
    check (kind in (${names.map((name) => `'${name}'`).join(', ')}));`;

/**
 * A row that could not be read is decided by a person: typed in from the paper, or skipped. What was
 * decided counts from the run that takes it in; then a typed row is a line of the statement.
 */
export const mendedRejects: Migration = {
  name: '0103_mended_rejects',
  up: `
call platform.in_every_schema($do$
  alter table {schema}.statements
    add column skipped_count integer not null default 0 check (skipped_count >= 0);
  alter table {schema}.statement_rejects
    add column version integer not null default 1 check (version > 0),
    add column decision text check (decision in ('mended', 'skipped')),
    add column decided_by uuid references platform.users,
    add column decided_at timestamptz(3),
    add column settled_at timestamptz(3),
    -- The line that the typed row became.
    add column ordinal integer,
    add constraint statement_rejects_decided_check
      check (num_nulls(decision, decided_by, decided_at) in (0, 3)),
    add constraint statement_rejects_settled_check
      check ((settled_at is null or decision is not null)
        and (ordinal is not null) = (settled_at is not null and decision = 'mended'));
${kinds('statement.ingest', 'statement.undo', 'statement.mend')}
$do$);
grant select (settled_at, ordinal) on shared.statement_rejects to daftari_ops;
${after}
`,
  down: `
${view}
revoke select (settled_at, ordinal) on shared.statement_rejects from daftari_ops;
call platform.in_every_schema($do$
  alter table {schema}.operation_events no force row level security;
  alter table {schema}.operations no force row level security;
  delete from {schema}.operation_events e using {schema}.operations o
  where o.tenant_id = e.tenant_id and o.id = e.operation_id and o.kind = 'statement.mend';
  delete from {schema}.operations where kind = 'statement.mend';
  alter table {schema}.operations force row level security;
  alter table {schema}.operation_events force row level security;
${kinds('statement.ingest', 'statement.undo')}
  alter table {schema}.statement_rejects
    drop constraint statement_rejects_settled_check,
    drop constraint statement_rejects_decided_check,
    drop column version, drop column decision, drop column decided_by, drop column decided_at,
    drop column settled_at, drop column ordinal;
  alter table {schema}.statements drop column skipped_count;
$do$);
`,
};
