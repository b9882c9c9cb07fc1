import type { Migration } from './migration.ts';

/** Everything a tenant has, taken along: what an archive holds, and its bytes until it expires. */
export const tenantExports: Migration = {
  name: '0059_tenant_exports',
  up: String.raw`
create table shared.tenant_exports (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  number integer not null check (number > 0),
  status text not null default 'running' check (status in ('running', 'ready', 'expired')),
  -- Counts the beginnings: whoever writes for an earlier one is refused.
  attempt integer not null default 0 check (attempt >= 0),
  files_done integer not null default 0 check (files_done >= 0),
  files_total integer check (files_total >= 0),
  row_count bigint not null default 0 check (row_count >= 0),
  byte_count bigint not null default 0 check (byte_count >= 0),
  manifest_sha256 text check (manifest_sha256 ~ '^[0-9a-f]{64}$'),
  workflow_id text not null,
  requested_by text not null,
  created_at timestamptz(3) not null default now(),
  ready_at timestamptz(3),
  expires_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, number),
  check ((status = 'running') = (ready_at is null)),
  check (status = 'running' or (manifest_sha256 is not null and expires_at is not null))
);
create unique index tenant_exports_running on shared.tenant_exports (tenant_id)
  where status = 'running';
call platform.isolate('shared.tenant_exports', 'select, insert, update');

create table shared.tenant_export_files (
  tenant_id uuid not null,
  export_id uuid not null,
  ordinal integer not null check (ordinal >= 0),
  name text not null check (name <> ''),
  byte_count bigint not null check (byte_count >= 0),
  row_count bigint check (row_count >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  primary key (tenant_id, export_id, ordinal),
  unique (tenant_id, export_id, name),
  foreign key (tenant_id, export_id) references shared.tenant_exports on delete cascade
);
call platform.isolate('shared.tenant_export_files', 'select, insert, delete');

create table shared.tenant_export_chunks (
  tenant_id uuid not null,
  export_id uuid not null,
  ordinal integer not null check (ordinal >= 0),
  seq integer not null check (seq >= 0),
  sealed bytea not null,
  primary key (tenant_id, export_id, ordinal, seq),
  foreign key (tenant_id, export_id) references shared.tenant_exports on delete cascade
);
call platform.isolate('shared.tenant_export_chunks', 'select, insert, delete');

-- Says which tables and columns there are, and nothing of what is in them.
grant execute on function platform.copy_plan() to daftari_app;
`,
  down: String.raw`
revoke execute on function platform.copy_plan() from daftari_app;
drop table shared.tenant_export_chunks, shared.tenant_export_files, shared.tenant_exports;
`,
};
