import type { Migration } from './migration.ts';

/** Shortcodes with their sealed credentials, and the inbox every callback is written to first. */
export const shortcodes: Migration = {
  name: '0011_shortcodes',
  up: `
create table shared.shortcodes (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  number text not null check (number ~ '^[0-9]{5,7}$'),
  kind text not null check (kind in ('paybill', 'till')),
  -- The head office number a till is called by in STK requests.
  store_number text check (store_number ~ '^[0-9]{5,7}$'),
  name text not null check (name <> '' and length(name) <= 100),
  status text not null default 'active' check (status in ('active', 'paused')),
  environment text not null check (environment in ('sandbox', 'production')),
  validation jsonb not null,
  credentials_version integer not null default 0 check (credentials_version >= 0),
  credentials_at timestamptz(3),
  -- Set by the first result that says the initiator is wrong: each further try nears a lock-out.
  initiator_stopped_at timestamptz(3),
  initiator_stop_code text,
  urls_registered_at timestamptz(3),
  created_by text not null check (created_by <> ''),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id),
  unique (tenant_id, number),
  check (kind = 'till' or store_number is null),
  check ((initiator_stopped_at is null) = (initiator_stop_code is null))
);
call platform.isolate('shared.shortcodes', 'select, insert, update');

create table shared.shortcode_credentials (
  tenant_id uuid not null references platform.tenants,
  shortcode_id uuid not null,
  version integer not null check (version > 0),
  sealed bytea not null,
  created_by text not null check (created_by <> ''),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, shortcode_id, version),
  foreign key (tenant_id, shortcode_id) references shared.shortcodes (tenant_id, id)
);
call platform.isolate('shared.shortcode_credentials', 'select, insert, delete');

create table shared.shortcode_checks (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  shortcode_id uuid not null,
  kind text not null check (kind in ('test', 'register')),
  status text not null default 'running' check (status in ('running', 'passed', 'failed')),
  -- One entry per step: step, state, code, words.
  steps jsonb not null default '[]',
  requested_by text not null check (requested_by <> ''),
  created_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, shortcode_id) references shared.shortcodes (tenant_id, id),
  check ((status = 'running') = (finished_at is null))
);
create index shortcode_checks_newest
  on shared.shortcode_checks (tenant_id, shortcode_id, created_at desc);
call platform.isolate('shared.shortcode_checks', 'select, insert, update');

create table shared.callback_inbox (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  letter text not null check (letter in ('s', 'r', 't', 'v', 'c', 'b')),
  target_id uuid not null,
  body_hash bytea not null check (length(body_hash) = 32),
  body_sealed bytea not null,
  received_at timestamptz(3) not null,
  arrived_by text not null check (arrived_by in ('request', 'spool')),
  repeats integer not null default 0 check (repeats >= 0),
  status text not null default 'pending'
    check (status in ('pending', 'recorded', 'delivered', 'quarantined', 'discarded')),
  cause text,
  attempts integer not null default 0 check (attempts >= 0),
  available_at timestamptz(3) not null default now(),
  claimed_until timestamptz(3),
  last_error text,
  -- Whom to tell once recorded, and what to start when that run is closed.
  tell jsonb,
  late jsonb,
  recorded_at timestamptz(3),
  delivered_at timestamptz(3),
  resolved_at timestamptz(3),
  resolved_by text,
  resolution text,
  primary key (tenant_id, id),
  unique (tenant_id, letter, target_id, body_hash),
  check (status <> 'quarantined' or cause is not null),
  check (status <> 'delivered' or delivered_at is not null),
  check (status <> 'discarded' or resolution is not null)
);
create index callback_inbox_waiting on shared.callback_inbox (available_at)
  where status in ('pending', 'recorded');
create index callback_inbox_by_status
  on shared.callback_inbox (tenant_id, status, received_at desc, id desc);
create index callback_inbox_by_target on shared.callback_inbox (tenant_id, target_id);
call platform.isolate('shared.callback_inbox', 'select, insert, update');
-- Draining crosses tenants; what a body says is read under its own tenant.
create policy operators on shared.callback_inbox to daftari_ops using (true) with check (true);
grant select (tenant_id, id, letter, status, received_at, available_at, claimed_until, attempts)
  on shared.callback_inbox to daftari_ops;
grant update (claimed_until) on shared.callback_inbox to daftari_ops;

create view ops.callback_invariants with (security_invoker = true) as
select 'callback-is-handled' as invariant, tenant_id,
  format('callback %s (%s) is %s since %s', id, letter, status, received_at) as detail
from shared.callback_inbox
where status in ('pending', 'recorded') and received_at < now() - interval '15 minutes';
grant select on ops.callback_invariants to daftari_ops;

do $$
begin
  if to_regprocedure('ops.rebuild_invariants()') is not null then
    call ops.rebuild_invariants();
  end if;
end $$;
`,
  down: `
drop view ops.callback_invariants cascade;
drop table shared.callback_inbox, shared.shortcode_checks, shared.shortcode_credentials,
  shared.shortcodes;
do $$
begin
  if to_regprocedure('ops.rebuild_invariants()') is not null then
    call ops.rebuild_invariants();
  end if;
end $$;
`,
};
