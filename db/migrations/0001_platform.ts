import type { Migration } from './migration.ts';

/** Schemas, the tenant context, and the tables that belong to no tenant. */
export const platform: Migration = {
  name: '0001_platform',
  up: `
create schema if not exists platform;
create schema shared;
create schema ops;
revoke all on schema public from public;
revoke all on schema platform, shared, ops from public;
grant usage on schema platform, shared to daftari_app, daftari_ops;
grant usage on schema ops to daftari_ops;
alter default privileges revoke execute on functions from public;

-- A fresh connection reads NULL and a used one reads '' when no tenant is set; both must raise, so
-- that a forgotten context is an error and never an empty page.
create function platform.current_tenant() returns uuid
language plpgsql stable parallel safe as $$
declare
  tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
begin
  if tenant is null then
    raise exception 'no tenant is set in this transaction' using errcode = '42501';
  end if;
  return tenant;
end $$;
grant execute on function platform.current_tenant() to daftari_app, daftari_ops;

-- Sortable ids made where the rows are made: milliseconds since 1970, then random bits (RFC 9562).
create function platform.uuid_v7() returns uuid
language sql volatile parallel safe as $$
  select encode(
    set_bit(set_bit(
      overlay(
        uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;
grant execute on function platform.uuid_v7() to daftari_app, daftari_ops;

-- Puts a table under forced row-level security: the runtime role sees one tenant, nobody else sees
-- anything unless a further policy says so.
create procedure platform.isolate(target regclass, privileges text)
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy one_tenant on %s to daftari_app
       using (tenant_id = (select platform.current_tenant()))
       with check (tenant_id = (select platform.current_tenant()))', target);
  execute format('grant %s on %s to daftari_app', privileges, target);
end $$;
revoke all on procedure platform.isolate(regclass, text) from public;

-- Evidence is written once: not even the owner changes it by accident.
create function platform.refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = '42501';
end $$;

create table platform.tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (name <> ''),
  tier text not null default 'starter' check (tier in ('starter', 'pro', 'enterprise')),
  status text not null default 'active' check (status in ('active', 'suspended', 'closed')),
  environment text not null default 'live' check (environment in ('live', 'test')),
  data_key_sealed text not null check (data_key_sealed like 'dft1.%'),
  settings jsonb not null default '{}',
  created_at timestamptz(3) not null default now()
);

create table platform.users (
  id uuid primary key,
  email text not null check (email like '%_@_%'),
  name text not null,
  password_hash text not null,
  locale text not null default 'en',
  created_at timestamptz(3) not null default now()
);
create unique index users_email on platform.users (lower(email));

create table platform.dead_letters (
  id uuid primary key default platform.uuid_v7(),
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  key text,
  consumer text not null,
  cause text not null,
  detail text not null,
  attempts integer not null check (attempts > 0),
  payload bytea not null,
  headers jsonb not null default '{}',
  failed_at timestamptz(3) not null default now(),
  redriven_at timestamptz(3),
  -- As the message claimed it: a letter may be here because its tenant is wrong.
  tenant_id uuid,
  unique (consumer, topic, partition, "offset")
);
create index dead_letters_waiting on platform.dead_letters (failed_at, id)
  where redriven_at is null;

grant select on platform.tenants to daftari_app;
grant select (id, email, name, locale, created_at) on platform.users to daftari_app;
grant select, insert, update on platform.tenants, platform.users to daftari_ops;
grant select, insert, update on platform.dead_letters to daftari_ops;
`,
  down: `
alter default privileges grant execute on functions to public;
drop schema ops cascade;
drop schema shared cascade;
drop table platform.dead_letters, platform.users, platform.tenants;
drop function platform.refuse_change();
drop procedure platform.isolate(regclass, text);
drop function platform.uuid_v7();
drop function platform.current_tenant();
revoke usage on schema platform from daftari_app, daftari_ops;
grant usage on schema public to public;
`,
};
