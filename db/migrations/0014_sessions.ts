import type { Migration } from './migration.ts';

/**
 * Sessions of people, their rotating refresh tokens, and what was taken away lately. Triggers write
 * the latter, so that access ends in every process whichever way a row was changed.
 */
export const sessions: Migration = {
  name: '0014_sessions',
  up: `
alter table platform.users
  add column status text not null default 'active' check (status in ('active', 'disabled')),
  add column is_platform_admin boolean not null default false;
grant select (status, is_platform_admin) on platform.users to daftari_app;

create table platform.sessions (
  id uuid primary key,
  user_id uuid not null references platform.users,
  tenant_id uuid not null references platform.tenants,
  created_at timestamptz(3) not null default now(),
  used_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  methods text[] not null check (cardinality(methods) > 0),
  second_factor_at timestamptz(3),
  device text not null,
  address_sealed text not null,
  ended_at timestamptz(3),
  ended_why text check (ended_why in
    ('logout', 'revoked', 'reuse', 'password', 'second-factor', 'disabled')),
  check ((ended_at is null) = (ended_why is null)),
  check (expires_at > created_at)
);
create index sessions_user on platform.sessions (user_id, created_at desc);
create index sessions_age on platform.sessions (created_at);
grant select (id, user_id, tenant_id, expires_at, second_factor_at, ended_at)
  on platform.sessions to daftari_app;
grant select, insert, update, delete on platform.sessions to daftari_ops;

create table platform.refresh_tokens (
  token_hash bytea primary key check (length(token_hash) = 32),
  session_id uuid not null references platform.sessions on delete cascade,
  issued_at timestamptz(3) not null default now(),
  used_at timestamptz(3),
  successor_hash bytea check (length(successor_hash) = 32),
  check ((used_at is null) = (successor_hash is null))
);
create unique index refresh_tokens_unused on platform.refresh_tokens (session_id)
  where used_at is null;
create index refresh_tokens_session on platform.refresh_tokens (session_id);
grant select, insert, update, delete on platform.refresh_tokens to daftari_ops;

create table platform.revocations (
  seq bigint generated always as identity primary key,
  kind text not null check (kind in ('session', 'user', 'member', 'tenant', 'key')),
  tenant_id uuid,
  subject_id uuid not null,
  at timestamptz(3) not null default clock_timestamp()
);
create index revocations_at on platform.revocations (at);
grant select on platform.revocations to daftari_app;
grant insert (kind, tenant_id, subject_id) on platform.revocations to daftari_app;
grant select, insert, delete on platform.revocations to daftari_ops;

create function platform.note_member_change() returns trigger
language plpgsql as $$
begin
  if tg_op = 'DELETE' or new.role is distinct from old.role then
    insert into platform.revocations (kind, tenant_id, subject_id)
    values ('member', old.tenant_id, old.user_id);
  end if;
  return null;
end $$;
create trigger note_change after update or delete on shared.members
  for each row execute function platform.note_member_change();

create function platform.note_user_change() returns trigger
language plpgsql as $$
begin
  if (new.status, new.password_hash, new.is_platform_admin)
    is distinct from (old.status, old.password_hash, old.is_platform_admin) then
    insert into platform.revocations (kind, subject_id) values ('user', old.id);
  end if;
  return null;
end $$;
create trigger note_change after update on platform.users
  for each row execute function platform.note_user_change();

create function platform.note_tenant_change() returns trigger
language plpgsql as $$
begin
  if new.status is distinct from old.status then
    insert into platform.revocations (kind, tenant_id, subject_id) values ('tenant', old.id, old.id);
  end if;
  return null;
end $$;
create trigger note_change after update on platform.tenants
  for each row execute function platform.note_tenant_change();

create function platform.note_session_end() returns trigger
language plpgsql as $$
begin
  if new.ended_at is distinct from old.ended_at
    or new.second_factor_at is distinct from old.second_factor_at then
    insert into platform.revocations (kind, subject_id) values ('session', old.id);
  end if;
  return null;
end $$;
create trigger note_change after update on platform.sessions
  for each row execute function platform.note_session_end();
grant execute on function platform.note_member_change(), platform.note_user_change(),
  platform.note_tenant_change(), platform.note_session_end() to daftari_app, daftari_ops;
`,
  down: `
drop trigger note_change on platform.tenants;
drop trigger note_change on platform.users;
drop trigger note_change on shared.members;
drop table platform.revocations, platform.refresh_tokens, platform.sessions;
drop function platform.note_session_end();
drop function platform.note_tenant_change();
drop function platform.note_user_change();
drop function platform.note_member_change();
alter table platform.users drop column is_platform_admin, drop column status;
`,
};
