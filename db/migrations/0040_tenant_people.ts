import type { Migration } from './migration.ts';

/** Invitations, anchors of the audit chain, and people in tenants' own databases. */
export const tenantPeople: Migration = {
  name: '0040_tenant_people',
  up: String.raw`
create table shared.invitations (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  email_index bytea not null check (length(email_index) = 32),
  email_sealed text not null check (email_sealed like 'dft1.%'),
  role text not null check (role in ('owner', 'admin', 'finance', 'operator', 'analyst', 'auditor',
    'developer')),
  token_hash bytea not null check (length(token_hash) = 32),
  status text not null default 'open' check (status in ('open', 'accepted', 'withdrawn')),
  invited_by text not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null check (expires_at > created_at),
  accepted_by uuid references platform.users,
  ended_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, token_hash),
  check ((status = 'open') = (ended_at is null)),
  check ((status = 'accepted') = (accepted_by is not null))
);
create unique index invitations_open on shared.invitations (tenant_id, email_index)
  where status = 'open';
call platform.isolate('shared.invitations', 'select, insert, update');

-- Where each chain stood, kept outside it: whoever cuts a tail and its head is found here.
create table platform.audit_anchors (
  tenant_id uuid not null references platform.tenants,
  seq bigint not null check (seq > 0),
  hash bytea not null check (length(hash) = 32),
  anchored_at timestamptz(3) not null default now(),
  primary key (tenant_id, seq)
);
create trigger append_only before update or delete on platform.audit_anchors
  for each row execute function platform.refuse_change();
call platform.isolate('platform.audit_anchors', 'select');
create policy operators on platform.audit_anchors to daftari_ops using (true) with check (true);
grant select, insert on platform.audit_anchors to daftari_ops;

-- In a database of its own a tenant's login brings in the people who join it.
create procedure platform.admit_people(login text)
language plpgsql set search_path = '' as $$
begin
  execute format('grant select, insert, update on platform.users, platform.tenants to %I', login);
end $$;
revoke all on procedure platform.admit_people(text) from public;

-- What a tenant set for itself, beyond its plan.
alter table platform.tenants
  add column limits jsonb not null default '{}',
  add column closing_at timestamptz(3),
  add column closed_at timestamptz(3);
`,
  down: `
alter table platform.tenants drop column closed_at, drop column closing_at, drop column limits;
drop procedure platform.admit_people(text);
drop table platform.audit_anchors, shared.invitations;
`,
};
