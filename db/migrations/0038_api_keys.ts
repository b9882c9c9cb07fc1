import type { Migration } from './migration.ts';

/**
 * Keys of programs. They stand beside the memberships, not with the tables of a business, because a
 * key has to be found before anybody knows whose it is.
 */
export const apiKeys: Migration = {
  name: '0038_api_keys',
  up: `
create table platform.api_keys (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  -- The part of the key that may be seen: it finds the row.
  lookup text not null unique check (lookup ~ '^[0-9A-Za-z]{8}$'),
  secret_hash bytea not null check (length(secret_hash) = 32),
  environment text not null check (environment in ('live', 'test')),
  name text not null check (length(name) between 1 and 60),
  scopes text[] not null check (cardinality(scopes) > 0),
  addresses text[] not null default '{}',
  created_by uuid not null references platform.users,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  rotated_to uuid,
  revoked_at timestamptz(3),
  used_at timestamptz(3),
  primary key (tenant_id, id),
  check (expires_at <= created_at + interval '366 days')
);
create index api_keys_maker on platform.api_keys (created_by);
call platform.isolate('platform.api_keys', 'select, insert, update');
create policy operators on platform.api_keys to daftari_ops using (true) with check (true);
grant select on platform.api_keys to daftari_ops;
grant update (used_at) on platform.api_keys to daftari_ops;

create function platform.note_key_change() returns trigger
language plpgsql as $$
begin
  if (new.revoked_at, new.expires_at, new.scopes, new.addresses)
    is distinct from (old.revoked_at, old.expires_at, old.scopes, old.addresses) then
    insert into platform.revocations (kind, tenant_id, subject_id)
    values ('key', old.tenant_id, old.id);
  end if;
  return null;
end $$;
grant execute on function platform.note_key_change() to daftari_app, daftari_ops;
create trigger note_change after update on platform.api_keys
  for each row execute function platform.note_key_change();

create table platform.service_nonces (
  service text not null,
  nonce text not null check (length(nonce) between 16 and 64),
  at timestamptz(3) not null default now(),
  primary key (service, nonce)
);
create index service_nonces_at on platform.service_nonces (at);
grant select, insert, delete on platform.service_nonces to daftari_ops;
`,
  down: `
drop table platform.service_nonces, platform.api_keys;
drop function platform.note_key_change();
`,
};
