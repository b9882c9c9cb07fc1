import type { Migration } from './migration.ts';

/** Accounts, uploaded files, and what was read from them. */
export const statements: Migration = {
  name: '0003_statements',
  up: `
create table shared.accounts (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  kind text not null check (kind in ('personal', 'till', 'paybill', 'bank')),
  number_masked text not null,
  number_index bytea not null check (length(number_index) = 32),
  label text not null check (label <> ''),
  name_sealed text check (name_sealed like 'dft1.%'),
  currency text not null default 'KES' check (currency = 'KES'),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, kind, number_index)
);
call platform.isolate('shared.accounts', 'select, insert, update');

create table shared.uploads (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  file_name text not null check (file_name <> ''),
  size_bytes bigint check (size_bytes >= 0),
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  media_kind text check (media_kind in ('pdf', 'csv', 'xlsx', 'xls')),
  created_by uuid not null references platform.users,
  created_at timestamptz(3) not null default now(),
  completed_at timestamptz(3),
  primary key (tenant_id, id),
  check (completed_at is null or (size_bytes is not null and sha256 is not null))
);
create index uploads_incomplete on shared.uploads (tenant_id, created_at)
  where completed_at is null;
call platform.isolate('shared.uploads', 'select, insert, update, delete');
-- The nightly sweep sees uploads of a day ago and nothing of their contents.
create policy operators_read on shared.uploads for select to daftari_ops
  using (created_at < now() - interval '1 day');
create policy operators_sweep on shared.uploads for delete to daftari_ops
  using (created_at < now() - interval '1 day');
grant select (tenant_id, id, created_at), delete on shared.uploads to daftari_ops;

create table shared.upload_chunks (
  tenant_id uuid not null,
  upload_id uuid not null,
  seq integer not null check (seq >= 0),
  sealed bytea not null,
  primary key (tenant_id, upload_id, seq),
  foreign key (tenant_id, upload_id) references shared.uploads on delete cascade
);
-- Ciphertext does not compress; trying costs time on every chunk.
alter table shared.upload_chunks alter column sealed set storage external;
call platform.isolate('shared.upload_chunks', 'select, insert, delete');

create table shared.column_mappings (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  fingerprint text not null check (fingerprint <> ''),
  name text not null check (name <> ''),
  mapping jsonb not null,
  created_by uuid not null references platform.users,
  created_at timestamptz(3) not null default now(),
  used_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, fingerprint)
);
call platform.isolate('shared.column_mappings', 'select, insert, update, delete');

create table shared.statements (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  upload_id uuid,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  attempt integer not null default 1 check (attempt > 0),
  file_name text not null check (file_name <> ''),
  size_bytes bigint not null check (size_bytes >= 0),
  media_kind text not null check (media_kind in ('pdf', 'csv', 'xlsx', 'xls')),
  format text check (format in ('personal-a', 'personal-b', 'till-pdf', 'organisation-classic',
    'organisation-newer', 'mapped-csv')),
  status text not null default 'processing' check (status in ('processing', 'waiting-password',
    'waiting-mapping', 'waiting-review', 'posted', 'refused', 'undoing', 'undone', 'abandoned')),
  stage text not null default 'received'
    check (stage in ('received', 'unlocked', 'parsed', 'proved', 'posted', 'categorised')),
  verdict text check (verdict in ('proven', 'needsReview', 'refused')),
  problem text,
  problem_detail text,
  account_id uuid,
  mapping_id uuid,
  period_from date,
  period_to date,
  printed jsonb,
  printed_names_sealed text check (printed_names_sealed like 'dft1.%'),
  row_count integer not null default 0 check (row_count >= 0),
  new_row_count integer not null default 0 check (new_row_count between 0 and row_count),
  reject_count integer not null default 0 check (reject_count >= 0),
  posted_count integer not null default 0 check (posted_count between 0 and row_count),
  categorised_count integer not null default 0 check (categorised_count >= 0),
  total_in_cents bigint check (total_in_cents >= 0),
  total_out_cents bigint check (total_out_cents >= 0),
  opening_cents bigint,
  closing_cents bigint,
  first_at timestamptz(3),
  last_at timestamptz(3),
  checks jsonb not null default '[]',
  tamper jsonb not null default '[]',
  stages jsonb not null default '[]',
  workflow_id text not null,
  operation_id uuid not null,
  created_by uuid not null references platform.users,
  created_at timestamptz(3) not null default now(),
  posted_at timestamptz(3),
  undone_at timestamptz(3),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id),
  foreign key (tenant_id, upload_id) references shared.uploads on delete set null (upload_id),
  foreign key (tenant_id, account_id) references shared.accounts,
  foreign key (tenant_id, mapping_id)
    references shared.column_mappings on delete set null (mapping_id),
  foreign key (tenant_id, operation_id) references shared.operations,
  check (period_to >= period_from),
  check (last_at >= first_at),
  check (status not in ('posted', 'undoing') or account_id is not null),
  check (status <> 'posted' or posted_at is not null),
  check (status <> 'undone' or undone_at is not null)
);
create unique index statements_live_file on shared.statements (tenant_id, sha256)
  where status not in ('refused', 'undone', 'abandoned');
create unique index statements_attempt on shared.statements (tenant_id, sha256, attempt);
create index statements_newest on shared.statements (tenant_id, created_at desc, id desc);
create index statements_account on shared.statements (tenant_id, account_id, last_at desc);
create index statements_upload on shared.statements (tenant_id, upload_id);
call platform.isolate('shared.statements', 'select, insert, update');
create policy operators on shared.statements for select to daftari_ops using (true);
grant select on shared.statements to daftari_ops;

create table shared.statement_lines (
  tenant_id uuid not null,
  statement_id uuid not null,
  ordinal integer not null check (ordinal >= 0),
  page integer not null check (page > 0),
  line integer not null check (line > 0),
  receipt text not null,
  completed_at timestamptz(3) not null,
  row_status text not null check (row_status in ('completed', 'failed', 'cancelled', 'declined',
    'expired', 'reversed', 'pending', 'initiated')),
  in_cents bigint not null check (in_cents >= 0),
  out_cents bigint not null check (out_cents >= 0),
  balance_cents bigint,
  identity text not null check (identity <> ''),
  purpose text not null,
  channel text not null,
  direction text check (direction in ('in', 'out')),
  nature text not null check (nature in ('ordinary', 'charge', 'own-money', 'loan')),
  is_fuliza boolean not null,
  confidence text not null check (confidence in ('certain', 'likely', 'low')),
  counterparty_key_index bytea,
  parent_ordinal integer,
  transaction_id uuid,
  sealed bytea not null,
  search_tokens bigint[] not null,
  primary key (tenant_id, statement_id, ordinal),
  foreign key (tenant_id, statement_id) references shared.statements,
  -- A direction says that money moved: exactly one side, and only in a completed row.
  check (direction is null or (row_status = 'completed' and case direction
    when 'in' then in_cents > 0 and out_cents = 0 else out_cents > 0 and in_cents = 0 end))
);
call platform.isolate('shared.statement_lines', 'select, insert, update, delete');
create policy operators on shared.statement_lines for select to daftari_ops using (true);
grant select (tenant_id, statement_id, ordinal, row_status, direction, in_cents, out_cents,
  transaction_id) on shared.statement_lines to daftari_ops;

create table shared.statement_rejects (
  tenant_id uuid not null,
  statement_id uuid not null,
  seq integer not null check (seq >= 0),
  page integer not null check (page > 0),
  line integer not null check (line > 0),
  reason text not null check (reason <> ''),
  sealed bytea not null,
  primary key (tenant_id, statement_id, seq),
  foreign key (tenant_id, statement_id) references shared.statements
);
call platform.isolate('shared.statement_rejects', 'select, insert, delete');
create policy operators on shared.statement_rejects for select to daftari_ops using (true);
grant select (tenant_id, statement_id, seq) on shared.statement_rejects to daftari_ops;
`,
  down: `
drop table shared.statement_rejects, shared.statement_lines, shared.statements,
  shared.column_mappings, shared.upload_chunks, shared.uploads, shared.accounts;
`,
};
