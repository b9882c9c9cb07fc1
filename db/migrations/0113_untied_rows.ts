import type { Migration } from './migration.ts';

const requireParent = (body: string) => `
create or replace function platform.require_parent() returns trigger
language plpgsql as $$
${body}
end $$;
`;

const missing = `execute format('select exists (select from %I.%I where tenant_id = $1 and id = $2)',
      tg_table_schema, tg_argv[i]) into is_there using new.tenant_id, parent;`;

const refusal = `raise exception '% of %.% refers to no row of %: %', tg_argv[i + 1], tg_table_schema,
        tg_table_name, tg_argv[i], parent using errcode = '23503';`;

/**
 * Charges and reversals that wait for their payment are found without reading the statement they
 * stand on, and tying one looks only for the parent it was given. A row is written once, so nothing
 * is gained any more by the room every page kept free for its next versions.
 */
export const untiedRows: Migration = {
  name: '0113_untied_rows',
  up: `
${requireParent(`declare
  before jsonb := to_jsonb(old);
  after jsonb := to_jsonb(new);
  parent uuid;
  is_there boolean;
begin
  for i in 0 .. tg_nargs - 2 by 2 loop
    parent := after ->> tg_argv[i + 1];
    continue when parent is null or before -> tg_argv[i + 1] = after -> tg_argv[i + 1];
    ${missing}
    if not is_there then
      ${refusal}
    end if;
  end loop;
  return null;`)}
call platform.in_every_schema($do$
  create index transactions_untied on {schema}.transactions (tenant_id, statement_id, ordinal)
    where parent_id is null and reversed_at is null
      and (nature = 'charge' or purpose = 'reversal');
  alter table {schema}.transactions reset (fillfactor);
$do$);
`,
  down: `
call platform.in_every_schema($do$
  drop index {schema}.transactions_untied;
  alter table {schema}.transactions set (fillfactor = 85);
$do$);
${requireParent(`declare
  parent uuid;
  is_there boolean;
begin
  for i in 0 .. tg_nargs - 2 by 2 loop
    parent := to_jsonb(new) ->> tg_argv[i + 1];
    ${missing}
    if parent is not null and not is_there then
      ${refusal}
    end if;
  end loop;
  return null;`)}
`,
};
