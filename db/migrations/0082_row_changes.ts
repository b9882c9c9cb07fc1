import type { Migration } from './migration.ts';

/**
 * What people changed of posted rows. A change holds its rows by what they are (account and
 * identity) and by the transaction that stands for them now, so that a choice outlives the undoing
 * of a statement and its next upload, and can be taken back to what was there before.
 */
export const rowChanges: Migration = {
  name: '0082_row_changes',
  up: `
create table shared.row_changes (
  tenant_id uuid not null references platform.tenants,
  -- Given by the database: which of two changes is the later one must not hang on two clocks.
  id uuid not null default platform.uuid_v7(),
  kind text not null check (kind in ('category')),
  category text,
  status text not null check (status in ('applying', 'done', 'undoing', 'undone')),
  row_count integer not null check (row_count >= 0),
  in_cents bigint not null check (in_cents >= 0),
  out_cents bigint not null check (out_cents >= 0),
  -- Rows that follow the change now; others had a later one, or are no longer there.
  changed_count integer not null default 0 check (changed_count between 0 and row_count),
  actor text not null check (actor <> ''),
  at timestamptz(3) not null default now(),
  undone_by text check (undone_by <> ''),
  undone_at timestamptz(3),
  primary key (tenant_id, id),
  check ((kind = 'category') = (category is not null)),
  check ((status in ('undoing', 'undone')) = (undone_by is not null)),
  check ((status = 'undone') = (undone_at is not null))
);
call platform.isolate('shared.row_changes', 'select, insert, update');

create table shared.row_change_rows (
  tenant_id uuid not null,
  account_id uuid not null,
  identity text not null,
  change_id uuid not null,
  transaction_id uuid not null,
  -- Kept: a later change stood on it when the rest of its change was taken back.
  state text not null default 'waiting'
    check (state in ('waiting', 'changed', 'left', 'undone', 'kept')),
  category_before text,
  confidence_before text check (confidence_before in ('certain', 'likely', 'low')),
  reason_before text,
  source_before text,
  primary key (tenant_id, account_id, identity, change_id)
);
create index row_change_rows_change on shared.row_change_rows (tenant_id, change_id, state);
create index row_change_rows_transaction
  on shared.row_change_rows (tenant_id, transaction_id, change_id);
call platform.isolate('shared.row_change_rows', 'select, insert, update');
create trigger parents_exist after insert on shared.row_change_rows
  referencing new table as added for each statement
  execute function platform.require_parents('row_changes', 'change_id', 'accounts', 'account_id',
    'transactions', 'transaction_id');

create policy operators on shared.row_changes for select to daftari_ops using (true);
create policy operators on shared.row_change_rows for select to daftari_ops using (true);
grant select (tenant_id, id, kind, category, status) on shared.row_changes to daftari_ops;
grant select (tenant_id, account_id, identity, change_id, transaction_id, state)
  on shared.row_change_rows to daftari_ops;
grant select (category_source) on shared.transactions to daftari_ops;

-- A row says what was last chosen for it. Accounts with a statement under way are left out: what
-- was chosen for a row comes back a moment after the row.
create view ops.row_change_invariants with (security_invoker = true) as
select 'chosen-category-stands' as invariant, x.tenant_id,
  format('transaction %s was put under %s by change %s, and is under %s', x.id, s.category,
    s.change_id, coalesce(x.category, 'none')) as detail
from (
  select distinct on (r.tenant_id, r.transaction_id) r.tenant_id, r.transaction_id, c.category,
    c.id as change_id
  from shared.row_change_rows r
  join shared.row_changes c on c.tenant_id = r.tenant_id and c.id = r.change_id
  where r.state in ('changed', 'kept') and c.kind = 'category'
  order by r.tenant_id, r.transaction_id, c.id desc
) s
join shared.transactions x on x.tenant_id = s.tenant_id and x.id = s.transaction_id
where x.reversed_at is null
  and (x.category, x.category_source) is distinct from (s.category, 'user')
  and not exists (
    select from shared.statements w
    where w.tenant_id = x.tenant_id and w.account_id = x.account_id
      and w.status in ('processing', 'undoing'));
grant select on ops.row_change_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.row_change_invariants;
call ops.rebuild_invariants();
revoke select (category_source) on shared.transactions from daftari_ops;
drop table shared.row_change_rows, shared.row_changes;
`,
};
