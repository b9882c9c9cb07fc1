import type { Migration } from './migration.ts';

/**
 * Looks parents up one by one in their index. Posting switches nested loops off for its own joins,
 * and a join of the added rows with all transactions would make every chunk read the whole table.
 */
export const parentsByLookup: Migration = {
  name: '0021_parents_by_lookup',
  up: `
create or replace function platform.require_parents() returns trigger
language plpgsql as $$
declare
  orphan uuid;
begin
  for i in 0 .. tg_nargs - 2 by 2 loop
    execute format(
      'select c.parent from (select distinct tenant_id, %I as parent from added) c
       where c.parent is not null and (
         select true from %I.%I p where p.tenant_id = c.tenant_id and p.id = c.parent) is null
       limit 1', tg_argv[i + 1], tg_table_schema, tg_argv[i]) into orphan;
    if orphan is not null then
      raise exception '% of %.% refers to no row of %: %', tg_argv[i + 1], tg_table_schema,
        tg_table_name, tg_argv[i], orphan using errcode = '23503';
    end if;
  end loop;
  return null;
end $$;
`,
  down: `
create or replace function platform.require_parents() returns trigger
language plpgsql as $$
declare
  orphan uuid;
begin
  for i in 0 .. tg_nargs - 2 by 2 loop
    execute format(
      'select c.parent from (select distinct tenant_id, %I as parent from added) c
       where c.parent is not null and not exists (
         select from %I.%I p where p.tenant_id = c.tenant_id and p.id = c.parent)
       limit 1', tg_argv[i + 1], tg_table_schema, tg_argv[i]) into orphan;
    if orphan is not null then
      raise exception '% of %.% refers to no row of %: %', tg_argv[i + 1], tg_table_schema,
        tg_table_name, tg_argv[i], orphan using errcode = '23503';
    end if;
  end loop;
  return null;
end $$;
`,
};
