import type { Migration } from './migration.ts';

/**
 * Tags and the note people put on a row. They belong to what the row is (its account and identity),
 * so that they stay when the statement that brought it is undone and sent again.
 */
export const rowMarks: Migration = {
  name: '0084_row_marks',
  up: `
create table shared.row_marks (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  account_id uuid not null,
  identity text not null check (identity <> ''),
  tags text[] not null default '{}' check (cardinality(tags) <= 20),
  note_sealed bytea,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, account_id, identity),
  foreign key (tenant_id, account_id) references shared.accounts
);
call platform.isolate('shared.row_marks', 'select, insert, update');
`,
  down: `
drop table shared.row_marks;
`,
};
