import type { Migration } from './migration.ts';

/** Archives that were brought back: what became of each, and their bytes until they are read. */
export const tenantImports: Migration = {
  name: '0066_tenant_imports',
  up: String.raw`
create table shared.tenant_imports (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  number integer not null check (number > 0),
  status text not null default 'receiving'
    check (status in ('receiving', 'running', 'done', 'refused')),
  refusal text,
  byte_count bigint not null default 0 check (byte_count >= 0),
  row_count bigint not null default 0 check (row_count >= 0),
  manifest_sha256 text check (manifest_sha256 ~ '^[0-9a-f]{64}$'),
  workflow_id text not null,
  requested_by text not null,
  created_at timestamptz(3) not null default now(),
  ended_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, number),
  check ((status = 'refused') = (refusal is not null)),
  check ((status in ('done', 'refused')) = (ended_at is not null))
);
create unique index tenant_imports_open on shared.tenant_imports (tenant_id)
  where status in ('receiving', 'running');
call platform.isolate('shared.tenant_imports', 'select, insert, update, delete');

create table shared.tenant_import_chunks (
  tenant_id uuid not null,
  import_id uuid not null,
  seq integer not null check (seq >= 0),
  sealed bytea not null,
  primary key (tenant_id, import_id, seq),
  foreign key (tenant_id, import_id) references shared.tenant_imports on delete cascade
);
call platform.isolate('shared.tenant_import_chunks', 'select, insert, delete');
`,
  down: String.raw`
drop table shared.tenant_import_chunks, shared.tenant_imports;
`,
};
