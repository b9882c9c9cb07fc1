import type { Migration } from './migration.ts';

/**
 * Files that are made in the background for the person who asked: what of a list was chosen, how far
 * the file is, and its sealed pieces. Some notices are for one person alone from now on.
 */
export const downloads: Migration = {
  name: '0098_downloads',
  up: `
create table shared.downloads (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  kind text not null
    check (kind in ('transactions', 'collections', 'disbursements', 'journal', 'audit')),
  format text not null check (format in ('csv', 'xlsx', 'pdf')),
  status text not null default 'running'
    check (status in ('running', 'ready', 'refused', 'expired', 'deleted')),
  -- What chooses the rows. It may hold what somebody typed, so it goes once nobody needs it.
  choice_sealed text check (choice_sealed like 'dft1.%'),
  -- Codes, days, amounts and ids of it.
  filter jsonb not null default '{}',
  -- Whoever writes; an earlier writer is refused.
  attempt integer not null default 0 check (attempt >= 0),
  row_total integer check (row_total >= 0),
  row_count integer not null default 0 check (row_count >= 0),
  byte_count bigint not null default 0 check (byte_count >= 0),
  requested_by text not null check (requested_by <> ''),
  workflow_id text not null,
  created_at timestamptz(3) not null default now(),
  ready_at timestamptz(3),
  expires_at timestamptz(3),
  primary key (tenant_id, id),
  check ((status = 'running') = (choice_sealed is not null)),
  check ((ready_at is null) = (expires_at is null)),
  check (status not in ('ready', 'expired') or ready_at is not null)
);
create index downloads_own on shared.downloads (tenant_id, requested_by, created_at desc);
create index downloads_over on shared.downloads (expires_at) where status = 'ready';
call platform.isolate('shared.downloads', 'select, insert, update');
create policy operators on shared.downloads for select to daftari_ops
  using (status = 'ready' and expires_at <= now());
grant select (tenant_id, id, status, expires_at) on shared.downloads to daftari_ops;

create table shared.download_chunks (
  tenant_id uuid not null,
  download_id uuid not null,
  seq integer not null check (seq >= 0),
  sealed bytea not null,
  primary key (tenant_id, download_id, seq),
  foreign key (tenant_id, download_id) references shared.downloads
);
call platform.isolate('shared.download_chunks', 'select, insert, delete');

-- The only one who is told; everybody whose role has the kind where it is left out.
alter table shared.notices add column audience text check (audience <> '');
`,
  down: `
alter table shared.notices drop column audience;
drop table shared.download_chunks;
drop table shared.downloads;
`,
};
