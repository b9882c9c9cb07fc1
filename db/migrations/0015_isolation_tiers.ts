import type { Migration } from './migration.ts';

/**
 * Where tenants live: in the shared tables, in a schema or in a database of their own. The tables of
 * the schema `shared` are the pattern; whatever migrations make of them is carried into every tenant
 * schema by comparing catalogues, so no migration has to know about tiers.
 */
export const isolationTiers: Migration = {
  name: '0015_isolation_tiers',
  up: String.raw`
alter table platform.tenants add column place text not null default 'shared'
  check (place = 'shared' or place ~ '^[td]_[0-9a-f]{32}$');

-- Places in which a tenant is anything but open: being copied into, frozen, or left behind.
create table platform.tenant_places (
  tenant_id uuid not null references platform.tenants,
  place text not null check (place <> ''),
  state text not null check (state in ('copying', 'frozen', 'left')),
  since timestamptz(3) not null default now(),
  primary key (tenant_id, place)
);
grant select on platform.tenant_places to daftari_app, daftari_ops;

-- How a process reaches a tenant's own database; the password is wrapped by the key-encryption key.
create table platform.tenant_databases (
  place text primary key check (place ~ '^d_[0-9a-f]{32}$'),
  tenant_id uuid not null unique references platform.tenants,
  database_name text not null unique,
  login text not null unique,
  password_sealed text not null check (password_sealed like 'dft1.%'),
  created_at timestamptz(3) not null default now()
);
grant select on platform.tenant_databases to daftari_app, daftari_ops;

-- Which businesses a person belongs to, wherever the tables of each are; it follows "members".
create table platform.memberships (
  tenant_id uuid not null references platform.tenants,
  user_id uuid not null references platform.users,
  role text not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, user_id)
);
create index memberships_user on platform.memberships (user_id);
call platform.isolate('platform.memberships', 'select, insert, update, delete');
create policy operators on platform.memberships to daftari_ops using (true) with check (true);
grant select, insert, update, delete on platform.memberships to daftari_ops;
insert into platform.memberships (tenant_id, user_id, role, created_at)
  select tenant_id, user_id, role, created_at from shared.members;

create function platform.follow_membership() returns trigger
language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from platform.memberships where tenant_id = old.tenant_id and user_id = old.user_id;
    return null;
  end if;
  insert into platform.memberships (tenant_id, user_id, role, created_at)
    values (new.tenant_id, new.user_id, new.role, new.created_at)
    on conflict (tenant_id, user_id) do update set role = excluded.role;
  return null;
end $$;
create trigger memberships_follow after insert or update or delete on shared.members
  for each row execute function platform.follow_membership();

-- Opens a tenant for the transaction. A writer holds a shared lock to its end, and freezing takes
-- the exclusive one: once a tenant is frozen, no transaction that began before can still commit.
create function platform.enter_tenant(tenant uuid, here text, writes boolean) returns void
language plpgsql as $$
declare
  found_state text;
begin
  if writes then
    perform pg_advisory_xact_lock_shared(platform.tenant_lock(tenant));
  end if;
  select p.state into found_state from platform.tenant_places p
    where p.tenant_id = tenant and p.place = here;
  if found_state is null or (found_state = 'frozen' and not writes) then
    perform set_config('app.tenant_id', tenant::text, true);
  elsif found_state = 'frozen' then
    raise exception 'the tenant is being moved' using errcode = 'DFT02';
  else
    raise exception 'the tenant does not live here' using errcode = 'DFT01';
  end if;
end $$;
create function platform.tenant_lock(tenant uuid) returns bigint
language sql immutable parallel safe as $$ select hashtextextended('tenant ' || tenant, 0) $$;
grant execute on function platform.enter_tenant(uuid, text, boolean), platform.tenant_lock(uuid)
  to daftari_app, daftari_ops;

-- Tenants whose rows in a place are not to be worked on by jobs that look across tenants.
create function platform.hidden_tenants(here text) returns uuid[]
language sql stable parallel safe as $$
  select coalesce(array_agg(p.tenant_id), '{}') from platform.tenant_places p where p.place = here
$$;
grant execute on function platform.hidden_tenants(text) to daftari_app, daftari_ops;

-- Runs after every migration: jobs across tenants see nobody who is being copied, frozen or gone.
create procedure platform.settle_shared()
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  perform pg_advisory_xact_lock(hashtext('daftari tenant schemas'));
  for r in
    select c.relname from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relnamespace = 'shared'::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition and not exists (
        select from pg_catalog.pg_policy p where p.polrelid = c.oid and p.polname = 'placed_here')
    order by 1
  loop
    execute format(
      'create policy placed_here on shared.%I as restrictive to daftari_ops
         using (tenant_id <> all ((select platform.hidden_tenants(''shared''))::uuid[]))',
      r.relname);
  end loop;
end $$;
revoke all on procedure platform.settle_shared() from public;

create function platform.rehomed(definition text, target text) returns text
language sql immutable parallel safe set search_path = '' as $$
  select regexp_replace(definition, '\mshared\.', target || '.', 'g')
$$;

-- Everything that makes up the tables of a schema, one line per fact, with the name of the schema
-- written as "shared": two schemas are built alike exactly when these lines are equal.
create function platform.structure_of(space text)
returns table (kind text, relation text, name text, definition text)
language sql stable set search_path = '' as $$
  with relations as (
    select c.oid, c.relname::text as relname, c.relrowsecurity, c.relforcerowsecurity, c.relacl,
      c.relowner
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = space and c.relkind in ('r', 'p') and not c.relispartition
  ), facts as (
    select 'table' as kind, relname as relation, relname as name, '' as definition from relations
    union all
    select 'row security', relname, relname, format(
      'alter table shared.%I %s row level security, %s row level security', relname,
      case when relrowsecurity then 'enable' else 'disable' end,
      case when relforcerowsecurity then 'force' else 'no force' end)
    from relations
    union all
    select 'column', r.relname, a.attname::text, concat_ws(' ',
      format_type(a.atttypid, a.atttypmod),
      case a.attidentity when 'a' then 'generated always as identity'
        when 'd' then 'generated by default as identity' end,
      case when a.attgenerated <> '' then format('generated always as (%s) %s',
        pg_get_expr(d.adbin, d.adrelid),
        case a.attgenerated when 's' then 'stored' else 'virtual' end) end)
    from relations r join pg_catalog.pg_attribute a on a.attrelid = r.oid
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped
    union all
    select 'default', r.relname, a.attname::text, pg_get_expr(d.adbin, d.adrelid)
    from relations r join pg_catalog.pg_attribute a on a.attrelid = r.oid
    join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attgenerated = '' and not a.attisdropped
    union all
    select 'not null', r.relname, a.attname::text, ''
    from relations r join pg_catalog.pg_attribute a on a.attrelid = r.oid
    where a.attnum > 0 and not a.attisdropped and a.attnotnull
    union all
    select case k.contype when 'f' then 'reference' when 'c' then 'check' else 'key' end,
      r.relname, k.conname::text, pg_get_constraintdef(k.oid)
    from relations r join pg_catalog.pg_constraint k on k.conrelid = r.oid
    where k.contype in ('p', 'u', 'x', 'c', 'f') and k.conname <> 'pinned_tenant'
    union all
    select 'index', r.relname, c.relname::text, pg_get_indexdef(i.indexrelid)
    from relations r join pg_catalog.pg_index i on i.indrelid = r.oid
    join pg_catalog.pg_class c on c.oid = i.indexrelid
    where not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid
      and k.contype in ('p', 'u', 'x'))
    union all
    select 'trigger', r.relname, t.tgname::text, pg_get_triggerdef(t.oid)
    from relations r join pg_catalog.pg_trigger t on t.tgrelid = r.oid
    where not t.tgisinternal and t.tgname !~ '^move_capture_'
    union all
    select 'policy', r.relname, p.polname::text, concat_ws(' ',
      format('create policy %I on shared.%I as %s for %s to %s', p.polname, r.relname,
        case when p.polpermissive then 'permissive' else 'restrictive' end,
        case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
          when 'd' then 'delete' else 'all' end,
        (select string_agg(case when o.role = 0 then 'public'
            else quote_ident(pg_get_userbyid(o.role)) end, ', ' order by o.role)
          from unnest(p.polroles) as o (role))),
      'using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
      'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
    from relations r join pg_catalog.pg_policy p on p.polrelid = r.oid
    where p.polname <> 'placed_here'
    union all
    select 'grant', r.relname, g.privilege_type || ' ' || pg_get_userbyid(g.grantee),
      format('%s on shared.%I to %I', g.privilege_type, r.relname, pg_get_userbyid(g.grantee))
    from relations r, aclexplode(r.relacl) g where g.grantee not in (0, r.relowner)
    union all
    select 'grant', r.relname, g.privilege_type || ' ' || a.attname || ' '
        || pg_get_userbyid(g.grantee),
      format('%s (%I) on shared.%I to %I', g.privilege_type, a.attname, r.relname,
        pg_get_userbyid(g.grantee))
    from relations r join pg_catalog.pg_attribute a on a.attrelid = r.oid,
      aclexplode(a.attacl) g
    where g.grantee not in (0, r.relowner)
  )
  select f.kind, f.relation, f.name,
    regexp_replace(f.definition, '\m' || space || '\.', 'shared.', 'g')
  from facts f
$$;

-- Makes a tenant schema exactly like "shared": what is missing is made, what is otherwise is made
-- anew, what is too much goes. It never guesses a renamed column of a table that has rows.
create procedure platform.sync_tenant_schema(target text)
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  if target !~ '^t_[0-9a-f]{32}$' then
    raise exception '% is no tenant schema', target;
  end if;
  perform pg_advisory_xact_lock(hashtext('daftari tenant schemas'));
  execute format('create schema if not exists %I', target);
  execute format('grant usage on schema %I to daftari_app, daftari_ops', target);
  execute format('drop schema if exists %I cascade', 'o_' || substr(target, 3));

  for r in select * from platform.structure_difference(target)
    where kind = 'table' order by wanted desc, relation
  loop
    if r.wanted then
      execute format('create table %I.%I (like shared.%I including defaults including generated
        including identity including storage including compression)', target, r.relation, r.relation);
      execute format('alter table %I.%I add constraint pinned_tenant check (tenant_id = %L)',
        target, r.relation, substr(target, 3)::uuid);
    else
      execute format('drop table %I.%I cascade', target, r.relation);
    end if;
  end loop;

  -- Outermost first: nothing may hang on what is taken away.
  for r in select * from platform.structure_difference(target)
    where not wanted and kind in ('trigger', 'policy', 'grant', 'reference', 'index', 'check', 'key')
    order by array_position(
      array['trigger', 'policy', 'grant', 'reference', 'index', 'check', 'key'], kind), relation, name
  loop
    execute case r.kind
      when 'trigger' then format('drop trigger %I on %I.%I', r.name, target, r.relation)
      when 'policy' then format('drop policy %I on %I.%I', r.name, target, r.relation)
      when 'grant' then 'revoke ' || regexp_replace(
        platform.rehomed(r.definition, target), ' to ("?[a-z_0-9]+"?)$', ' from \1')
      when 'index' then format('drop index if exists %I.%I', target, r.name)
      else format('alter table %I.%I drop constraint if exists %I cascade', target, r.relation,
        r.name)
    end;
  end loop;

  call platform.sync_tenant_columns(target);

  for r in select * from platform.structure_difference(target)
    where wanted and kind in ('key', 'check', 'index', 'reference', 'policy', 'row security',
      'grant', 'trigger')
    order by array_position(array['key', 'check', 'index', 'reference', 'policy', 'row security',
      'grant', 'trigger'], kind), relation, name
  loop
    execute case
      when r.kind in ('key', 'check', 'reference') then format(
        'alter table %I.%I add constraint %I %s', target, r.relation, r.name,
        platform.rehomed(r.definition, target))
      when r.kind = 'grant' then 'grant ' || platform.rehomed(r.definition, target)
      else platform.rehomed(r.definition, target)
    end;
  end loop;

  call platform.make_operator_views(target);
end $$;

-- Lines of the one structure that the other does not have; "wanted": the pattern has it.
create function platform.structure_difference(target text)
returns table (wanted boolean, kind text, relation text, name text, definition text)
language sql stable set search_path = '' as $$
  with pattern as (select * from platform.structure_of('shared')),
    found as (select * from platform.structure_of(target))
  select true, p.* from (select * from pattern except select * from found) p
  union all
  select false, f.* from (select * from found except select * from pattern) f
$$;

create procedure platform.sync_tenant_columns(target text)
language plpgsql set search_path = '' as $$
declare
  r record;
  has_rows boolean;
begin
  for r in
    select d.relation, d.name, d.definition, bool_or(d.wanted) as wanted,
      bool_or(not d.wanted) as found
    from (select x.relation, x.name, x.wanted,
        max(x.definition) filter (where x.wanted) over (partition by x.relation, x.name) as definition
      from platform.structure_difference(target) x where x.kind = 'column') d
    group by 1, 2, 3 order by 1, 4, 2
  loop
    if r.wanted and not r.found then
      execute format('alter table %I.%I add column %I %s %s', target, r.relation, r.name,
        r.definition, (select 'default ' || s.definition from platform.structure_of('shared') s
          where s.kind = 'default' and s.relation = r.relation and s.name = r.name));
    elsif r.wanted then
      execute format('alter table %I.%I alter column %I type %s using %I::%s', target, r.relation,
        r.name, r.definition, r.name, r.definition);
    else
      execute format('select exists (select from %I.%I)', target, r.relation) into has_rows;
      if has_rows and exists (select from platform.structure_difference(target) x
        where x.kind = 'column' and x.relation = r.relation and x.wanted) then
        raise exception 'column % of % may have been renamed: rename it in % first', r.name,
          r.relation, target;
      end if;
      execute format('alter table %I.%I drop column %I cascade', target, r.relation, r.name);
    end if;
  end loop;
  for r in
    select x.kind, x.relation, x.name, x.wanted, x.definition
    from platform.structure_difference(target) x where x.kind in ('default', 'not null')
    order by x.wanted, 1, 2, 3
  loop
    execute format('alter table %I.%I alter column %I %s', target, r.relation, r.name, case
      when r.kind = 'default' and r.wanted then 'set default ' || r.definition
      when r.kind = 'default' then 'drop default'
      when r.wanted then 'set not null' else 'drop not null' end);
  end loop;
end $$;

-- The views of "ops" over a tenant's own tables, under their own names in a schema beside its own:
-- o_<32 hex> for t_<32 hex>.
create procedure platform.make_operator_views(target text)
language plpgsql set search_path = '' as $$
declare
  r record;
  beside text := 'o_' || substr(target, 3);
  missing integer := 1;
begin
  execute format('create schema if not exists %I', beside);
  execute format('grant usage on schema %I to daftari_ops', beside);
  while missing > 0 loop
    missing := 0;
    for r in
      select c.oid, c.relname::text as relname from pg_catalog.pg_class c
      where c.relnamespace = 'ops'::regnamespace and c.relkind = 'v'
        and to_regclass(format('%I.%I', beside, c.relname)) is null
      order by c.relname
    loop
      if exists (
        select from pg_catalog.pg_depend d
        join pg_catalog.pg_rewrite w on w.oid = d.objid
        join pg_catalog.pg_class v on v.oid = d.refobjid
        where w.ev_class = r.oid and v.oid <> r.oid and v.relkind = 'v'
          and v.relnamespace = 'ops'::regnamespace
          and to_regclass(format('%I.%I', beside, v.relname)) is null) then
        missing := missing + 1;
      else
        execute format('create view %I.%I with (security_invoker = true) as %s', beside, r.relname,
          regexp_replace(platform.rehomed(pg_get_viewdef(r.oid), target), '\mops\.', beside || '.',
            'g'));
        execute format('grant select on %I.%I to daftari_ops', beside, r.relname);
      end if;
    end loop;
  end loop;
end $$;

-- For migrations that change rows: runs the text with the name of each schema in place of {schema}.
create procedure platform.in_every_schema(statement text)
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  for r in
    select n.nspname::text as space from pg_catalog.pg_namespace n
    where n.nspname = 'shared' or n.nspname ~ '^t_[0-9a-f]{32}$' order by 1
  loop
    execute replace(statement, '{schema}', r.space);
  end loop;
end $$;
revoke all on procedure platform.sync_tenant_schema(text), platform.sync_tenant_columns(text),
  platform.make_operator_views(text), platform.in_every_schema(text) from public;

-- In a database of its own a tenant comes by a login of its own, which may what daftari_app may.
create procedure platform.admit_login(login text)
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  for r in
    select format('grant usage on schema %I to %I', n.nspname, login) as statement
    from pg_catalog.pg_namespace n, aclexplode(n.nspacl) g
    where g.grantee = 'daftari_app'::regrole
    union all
    select format('grant %s on %I.%I to %I', g.privilege_type, n.nspname, c.relname, login)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
      aclexplode(c.relacl) g
    where g.grantee = 'daftari_app'::regrole
    union all
    select format('grant %s (%I) on %I.%I to %I', g.privilege_type, a.attname, n.nspname, c.relname,
      login)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
    where g.grantee = 'daftari_app'::regrole
    union all
    select format('grant execute on routine %s to %I', p.oid::regprocedure, login)
    from pg_catalog.pg_proc p, aclexplode(p.proacl) g
    where g.grantee = 'daftari_app'::regrole
    union all
    select format('alter policy %I on %I.%I to %s, %I', p.polname, n.nspname, c.relname,
      (select string_agg(quote_ident(pg_get_userbyid(o.role)), ', ' order by o.role)
        from unnest(p.polroles) as o (role)), login)
    from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where 'daftari_app'::regrole::oid = any (p.polroles)
      and not login::regrole::oid = any (p.polroles)
    order by 1
  loop
    execute r.statement;
  end loop;
end $$;
revoke all on procedure platform.admit_login(text) from public;
`,
  down: String.raw`
do $$
declare
  r record;
begin
  for r in select n.nspname from pg_namespace n where n.nspname ~ '^[to]_[0-9a-f]{32}$' loop
    execute format('drop schema %I cascade', r.nspname);
  end loop;
  for r in select c.relname from pg_policy p join pg_class c on c.oid = p.polrelid
    where p.polname = 'placed_here' loop
    execute format('drop policy placed_here on shared.%I', r.relname);
  end loop;
end $$;
drop procedure platform.admit_login(text);
drop procedure platform.in_every_schema(text);
drop procedure platform.make_operator_views(text);
drop procedure platform.sync_tenant_columns(text);
drop procedure platform.sync_tenant_schema(text);
drop function platform.structure_difference(text);
drop function platform.structure_of(text);
drop function platform.rehomed(text, text);
drop procedure platform.settle_shared();
drop function platform.hidden_tenants(text);
drop function platform.enter_tenant(uuid, text, boolean);
drop function platform.tenant_lock(uuid);
drop trigger memberships_follow on shared.members;
drop function platform.follow_membership();
drop table platform.memberships, platform.tenant_databases, platform.tenant_places;
alter table platform.tenants drop column place;
`,
};
