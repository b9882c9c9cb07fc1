import type { Migration } from './migration.ts';

/** Who belongs to a tenant, and the long-running operations its people follow. */
export const membersAndOperations: Migration = {
  name: '0002_members_and_operations',
  up: `
create table shared.members (
  tenant_id uuid not null references platform.tenants,
  user_id uuid not null references platform.users,
  role text not null check (role in ('owner', 'finance', 'analyst', 'auditor')),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, user_id)
);
create index members_user on shared.members (user_id);
call platform.isolate('shared.members', 'select, insert, update, delete');
create policy operators on shared.members for select to daftari_ops using (true);
grant select on shared.members to daftari_ops;

create table shared.operations (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  kind text not null check (kind in ('statement.ingest', 'statement.undo')),
  subject_id uuid not null,
  status text not null default 'running'
    check (status in ('running', 'waiting', 'succeeded', 'refused', 'failed', 'cancelled')),
  stage text check (stage in ('received', 'unlocked', 'parsed', 'proved', 'posted', 'categorised')),
  progress jsonb,
  result jsonb,
  error jsonb,
  workflow_id text not null,
  created_by uuid not null references platform.users,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id)
);
create index operations_subject on shared.operations (tenant_id, subject_id, created_at desc);
create index operations_failed on shared.operations (tenant_id, updated_at desc)
  where status = 'failed';
call platform.isolate('shared.operations', 'select, insert, update');
create policy operators on shared.operations for select to daftari_ops using (true);
grant select on shared.operations to daftari_ops;

create table shared.operation_events (
  tenant_id uuid not null,
  operation_id uuid not null,
  seq integer not null check (seq > 0),
  type text not null check (type in ('stage', 'progress', 'waiting', 'finished')),
  data jsonb not null,
  at timestamptz(3) not null default now(),
  primary key (tenant_id, operation_id, seq),
  foreign key (tenant_id, operation_id) references shared.operations
);
call platform.isolate('shared.operation_events', 'select, insert');
create trigger append_only before update or delete on shared.operation_events
  for each row execute function platform.refuse_change();
`,
  down: `
drop table shared.operation_events, shared.operations, shared.members;
`,
};
