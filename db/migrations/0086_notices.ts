import type { Migration } from './migration.ts';

/** What a business is told about, who has read it, and until when somebody has read everything. */
export const notices: Migration = {
  name: '0086_notices',
  up: `
create table shared.notices (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  kind text not null check (kind <> ''),
  -- Of notices with one key there is one; it counts how often it was told.
  key text not null check (key <> ''),
  subject_id uuid,
  -- Numbers and codes, in words only where they are read.
  figures jsonb not null default '{}',
  amount_cents bigint,
  count integer not null default 1 check (count > 0),
  -- Who asked for it, and is therefore not told.
  maker text,
  at timestamptz(3) not null default clock_timestamp(),
  settled_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, key)
);
create index notices_newest on shared.notices (tenant_id, at desc, id desc);
create index notices_age on shared.notices (at);
call platform.isolate('shared.notices', 'select, insert, update, delete');
create policy operators_read on shared.notices for select to daftari_ops
  using (at < now() - interval '90 days');
create policy operators_sweep on shared.notices for delete to daftari_ops
  using (at < now() - interval '90 days');
grant select (tenant_id, at), delete on shared.notices to daftari_ops;

create table shared.notice_reads (
  tenant_id uuid not null references platform.tenants,
  user_id uuid not null,
  notice_id uuid not null,
  primary key (tenant_id, user_id, notice_id),
  foreign key (tenant_id, notice_id) references shared.notices on delete cascade
);
create index notice_reads_notice on shared.notice_reads (tenant_id, notice_id);
call platform.isolate('shared.notice_reads', 'select, insert, delete');

create table shared.notice_marks (
  tenant_id uuid not null references platform.tenants,
  user_id uuid not null,
  read_until timestamptz(3) not null,
  primary key (tenant_id, user_id)
);
call platform.isolate('shared.notice_marks', 'select, insert, update');
`,
  down: `
drop table shared.notice_marks;
drop table shared.notice_reads;
drop table shared.notices;
`,
};
