import type { Migration } from './migration.ts';
import { parentsByLookup } from './0021_parents_by_lookup.ts';

/**
 * Finds a parent as the first row at or after its id, without sorting: only the primary key answers
 * that. Looked up by equality, a table without statistics was read by any index that begins with
 * the tenant, whole, for each of the rows added to it.
 */
export const parentsByPosition: Migration = {
  name: '0051_parents_by_position',
  up: `
create or replace function platform.require_parents() returns trigger
language plpgsql set enable_sort = off as $$
declare
  orphan uuid;
begin
  for i in 0 .. tg_nargs - 2 by 2 loop
    execute format(
      'select c.parent from (select distinct tenant_id, %I as parent from added) c
       where c.parent is not null and (
         select p.id from %I.%I p where p.tenant_id = c.tenant_id and p.id >= c.parent
         order by p.id limit 1) is distinct from c.parent
       limit 1', tg_argv[i + 1], tg_table_schema, tg_argv[i]) into orphan;
    if orphan is not null then
      raise exception '% of %.% refers to no row of %: %', tg_argv[i + 1], tg_table_schema,
        tg_table_name, tg_argv[i], orphan using errcode = '23503';
    end if;
  end loop;
  return null;
end $$;
`,
  down: `alter function platform.require_parents() reset enable_sort;${parentsByLookup.up}`,
};
