import type { Migration } from './migration.ts';

/** Moving a tenant from one place to another: what is copied, what changed meanwhile, what is equal. */
export const tenantMoves: Migration = {
  name: '0039_tenant_moves',
  up: String.raw`
create table shared.tenant_moves (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  number integer not null check (number > 0),
  from_place text not null,
  to_place text not null check (to_place <> from_place),
  from_tier text not null,
  to_tier text not null check (to_tier in ('starter', 'pro', 'enterprise')),
  status text not null default 'copying' check (status in ('copying', 'switched', 'confirmed',
    'rolled-back', 'abandoned')),
  detail text,
  row_count bigint check (row_count >= 0),
  frozen_milliseconds integer check (frozen_milliseconds >= 0),
  workflow_id text not null,
  requested_by text not null,
  created_at timestamptz(3) not null default now(),
  switched_at timestamptz(3),
  ended_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, number)
);
create unique index tenant_moves_open on shared.tenant_moves (tenant_id)
  where status in ('copying', 'switched');
call platform.isolate('shared.tenant_moves', 'select, insert, update');

-- Keys of rows that were written while their tenant is being copied; read back by the copier.
create table platform.move_changes (
  seq bigint generated always as identity primary key,
  tenant_id uuid not null,
  place text not null,
  relation text not null,
  key jsonb not null
);
create index move_changes_place on platform.move_changes (tenant_id, place, seq);
call platform.isolate('platform.move_changes', 'insert');
create policy operators on platform.move_changes for insert to daftari_ops with check (true);
grant insert on platform.move_changes to daftari_ops;

create function platform.capture_change() returns trigger
language plpgsql as $$
declare
  row_now jsonb;
begin
  row_now := case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  insert into platform.move_changes (tenant_id, place, relation, key)
    select (row_now ->> 'tenant_id')::uuid, tg_table_schema, tg_table_name,
      jsonb_object_agg(k.name, row_now -> k.name)
    from unnest(tg_argv) as k (name);
  return null;
end $$;

-- What a copy has to carry. A number that a place counts by itself is given anew, and neither copied
-- nor compared, unless it is told apart by the tenant: then it is part of the key.
create function platform.copy_plan()
returns table (relation text, keys text[], columns text[], serial text, counter text)
language sql stable set search_path = '' as $$
  select c.relname::text, k.keys,
    (select array_agg(a.attname::text order by a.attnum) from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        and (a.attidentity = '' or a.attname = any (k.keys))),
    case when not i.attname = any (k.keys) then i.attname end,
    case when i.attname = any (k.keys) then i.attname end
  from pg_catalog.pg_class c
  left join lateral (
    select a.attname::text from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and a.attidentity <> '') i on true
  left join lateral (
    select array_agg(a.attname::text order by x.place) as keys,
      bool_or(a.attidentity <> '') as counts
    from pg_catalog.pg_index u
    cross join lateral unnest(u.indkey::int2[]) with ordinality as x (attnum, place)
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = x.attnum
    where u.indrelid = c.oid and u.indisunique and u.indpred is null and u.indexprs is null
      and x.place <= u.indnkeyatts
    group by u.indexrelid, u.indisprimary, u.indnkeyatts
    having bool_and(a.attnotnull)
      and (not bool_or(a.attidentity <> '') or bool_or(a.attname = 'tenant_id' and x.place = 1))
    order by counts, u.indisprimary desc, u.indnkeyatts, u.indexrelid limit 1) k on true
  where c.relnamespace = 'shared'::regnamespace and c.relkind in ('r', 'p')
    and not c.relispartition
  order by 1
$$;

-- Number of rows and an order-free digest over their contents.
create function platform.table_digest(space text, relation text, tenant uuid)
returns table (rows bigint, digest text)
language plpgsql stable set search_path = '' set timezone = 'UTC' as $$
declare
  serial text := (select p.serial from platform.copy_plan() p where p.relation = table_digest.relation);
begin
  return query execute format(
    'select count(*), coalesce(sum(hashtextextended(v, 0)::numeric), 0) || '':'' ||
       coalesce(sum(hashtextextended(v, 1)::numeric), 0)
     from (select (to_jsonb(r) - %L::text[])::text as v from %I.%I r where r.tenant_id = $1) x',
    array_remove(array[serial], null), space, relation) using tenant;
end $$;

-- Turns the capture of one tenant's changes in a schema on or off.
create procedure platform.capture_changes(space text, tenant uuid, is_on boolean)
language plpgsql set search_path = '' as $$
declare
  r record;
  hex text := replace(tenant::text, '-', '');
begin
  for r in select * from platform.copy_plan() where keys is not null loop
    execute format('drop trigger if exists %I on %I.%I', 'move_capture_w_' || hex, space, r.relation);
    execute format('drop trigger if exists %I on %I.%I', 'move_capture_d_' || hex, space, r.relation);
    if is_on then
      execute format('create trigger %I after insert or update on %I.%I for each row
        when (new.tenant_id = %L) execute function platform.capture_change(%s)',
        'move_capture_w_' || hex, space, r.relation, tenant,
        (select string_agg(quote_literal(k), ', ') from unnest(r.keys) k));
      execute format('create trigger %I after delete on %I.%I for each row
        when (old.tenant_id = %L) execute function platform.capture_change(%s)',
        'move_capture_d_' || hex, space, r.relation, tenant,
        (select string_agg(quote_literal(k), ', ') from unnest(r.keys) k));
    end if;
  end loop;
  if not is_on then
    delete from platform.move_changes m where m.tenant_id = tenant and m.place = space;
  end if;
end $$;
revoke all on procedure platform.capture_changes(text, uuid, boolean) from public;
`,
  down: String.raw`
drop procedure platform.capture_changes(text, uuid, boolean);
drop function platform.table_digest(text, text, uuid);
drop function platform.copy_plan();
drop function platform.capture_change() cascade;
drop table platform.move_changes, shared.tenant_moves;
`,
};
