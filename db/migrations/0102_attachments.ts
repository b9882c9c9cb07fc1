import type { Migration } from './migration.ts';

/**
 * Receipts put on a row, as photos or PDFs. Their bytes are uploads like the files of statements, of
 * the same id; they belong to what the row is (its account and identity), so that they stay when the
 * statement that brought it is undone and sent again. One that was taken off is erased a day later.
 */
export const attachments: Migration = {
  name: '0102_attachments',
  up: `
alter table shared.uploads
  drop constraint uploads_media_kind_check,
  add constraint uploads_media_kind_check
    check (media_kind in ('pdf', 'csv', 'xlsx', 'xls', 'jpeg', 'png', 'webp'));

create table shared.row_attachments (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  account_id uuid not null,
  identity text not null check (identity <> ''),
  file_name text not null check (file_name <> ''),
  created_at timestamptz(3) not null default now(),
  removed_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, id) references shared.uploads,
  foreign key (tenant_id, account_id) references shared.accounts
);
create index row_attachments_row on shared.row_attachments (tenant_id, account_id, identity);
create index row_attachments_removed on shared.row_attachments (removed_at)
  where removed_at is not null;
call platform.isolate('shared.row_attachments', 'select, insert, update');
-- The sweep sees which uploads are somebody's receipt, and removes what was taken off a day ago.
create policy operators_read on shared.row_attachments for select to daftari_ops using (true);
create policy operators_sweep on shared.row_attachments for delete to daftari_ops
  using (removed_at < now() - interval '1 day');
grant select (tenant_id, id, removed_at), delete on shared.row_attachments to daftari_ops;
`,
  down: `
drop table shared.row_attachments;
delete from shared.uploads where media_kind in ('jpeg', 'png', 'webp');
alter table shared.uploads
  drop constraint uploads_media_kind_check,
  add constraint uploads_media_kind_check check (media_kind in ('pdf', 'csv', 'xlsx', 'xls'));
`,
};
