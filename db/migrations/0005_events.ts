import type { Migration } from './migration.ts';

/** The outbox, what consumers have seen, idempotency keys and the audit chain. */
export const events: Migration = {
  name: '0005_events',
  up: `
create table shared.outbox (
  seq bigint generated always as identity primary key,
  event_id uuid not null unique,
  tenant_id uuid not null references platform.tenants,
  kind text not null check (kind in ('event', 'workflow')),
  topic text not null,
  key text not null,
  type text not null,
  version integer not null check (version > 0),
  data jsonb not null,
  occurred_at timestamptz(3) not null default now(),
  traceparent text,
  available_at timestamptz(3) not null default now(),
  claimed_until timestamptz(3),
  published_at timestamptz(3),
  attempts integer not null default 0 check (attempts >= 0),
  last_error text
);
create index outbox_waiting on shared.outbox (kind, seq) where published_at is null;
create index outbox_published on shared.outbox (published_at) where published_at is not null;
call platform.isolate('shared.outbox', 'select, insert');
create policy operators on shared.outbox to daftari_ops using (true) with check (true);
grant select, delete on shared.outbox to daftari_ops;
grant update (available_at, claimed_until, published_at, attempts, last_error)
  on shared.outbox to daftari_ops;

create table shared.consumed_events (
  tenant_id uuid not null references platform.tenants,
  consumer text not null,
  event_id uuid not null,
  consumed_at timestamptz(3) not null default now(),
  primary key (tenant_id, consumer, event_id)
);
call platform.isolate('shared.consumed_events', 'select, insert');

create table shared.idempotency_keys (
  tenant_id uuid not null references platform.tenants,
  principal text not null,
  route text not null,
  key_hash text not null,
  request_hash text not null,
  state text not null default 'in-progress' check (state in ('in-progress', 'completed')),
  status integer check (status between 100 and 599),
  headers jsonb,
  body jsonb,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, principal, route, key_hash),
  check ((state = 'completed') = (status is not null))
);
create index idempotency_keys_age on shared.idempotency_keys (created_at);
call platform.isolate('shared.idempotency_keys', 'select, insert, update, delete');
create policy operators_read on shared.idempotency_keys for select to daftari_ops
  using (created_at < now() - interval '72 hours');
create policy operators_sweep on shared.idempotency_keys for delete to daftari_ops
  using (created_at < now() - interval '72 hours');
grant select (tenant_id, created_at), delete on shared.idempotency_keys to daftari_ops;

create table shared.audit_heads (
  tenant_id uuid primary key references platform.tenants,
  seq bigint not null check (seq >= 0),
  hash bytea not null check (length(hash) = 32)
);
call platform.isolate('shared.audit_heads', 'select, insert, update');
create policy operators on shared.audit_heads for select to daftari_ops using (true);
grant select on shared.audit_heads to daftari_ops;

create table shared.audit_log (
  tenant_id uuid not null references platform.tenants,
  seq bigint not null check (seq > 0),
  actor text not null check (actor <> ''),
  action text not null check (action <> ''),
  object_kind text not null,
  object_id text not null,
  detail jsonb not null default '{}',
  request_id text,
  at timestamptz(3) not null,
  prev_hash bytea not null check (length(prev_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  primary key (tenant_id, seq)
);
call platform.isolate('shared.audit_log', 'select, insert');
create trigger append_only before update or delete on shared.audit_log
  for each row execute function platform.refuse_change();
create policy operators on shared.audit_log for select to daftari_ops using (true);
grant select (tenant_id, seq) on shared.audit_log to daftari_ops;
`,
  down: `
drop table shared.audit_log, shared.audit_heads, shared.idempotency_keys, shared.consumed_events,
  shared.outbox;
`,
};
