import type { Migration } from './migration.ts';

/**
 * What a row says in words is kept once, with its line; a transaction is figures and references.
 * Pages of transactions are filled half, so that naming a category stays within the page and no
 * index is touched. References of the three tables that grow by thousands of rows at a time are
 * checked once per statement and parent instead of once per row.
 */
export const thinTransactions: Migration = {
  name: '0010_thin_transactions',
  up: `
-- Every distinct parent of the added rows has to exist. No lock is taken on it, because no role of
-- the running product may delete one. Arguments: parent table and referring column, in turn.
create function platform.require_parents() returns trigger
language plpgsql as $$
declare
  orphan uuid;
begin
  for i in 0 .. tg_nargs - 2 by 2 loop
    execute format(
      'select c.parent from (select distinct tenant_id, %I as parent from added) c
       where c.parent is not null and not exists (
         select from %I.%I p where p.tenant_id = c.tenant_id and p.id = c.parent)
       limit 1', tg_argv[i + 1], tg_table_schema, tg_argv[i]) into orphan;
    if orphan is not null then
      raise exception '% of %.% refers to no row of %: %', tg_argv[i + 1], tg_table_schema,
        tg_table_name, tg_argv[i], orphan using errcode = '23503';
    end if;
  end loop;
  return null;
end $$;

-- The same for a single row whose reference was changed, which is rare.
create function platform.require_parent() returns trigger
language plpgsql as $$
declare
  parent uuid;
  is_there boolean;
begin
  for i in 0 .. tg_nargs - 2 by 2 loop
    parent := to_jsonb(new) ->> tg_argv[i + 1];
    execute format('select exists (select from %I.%I where tenant_id = $1 and id = $2)',
      tg_table_schema, tg_argv[i]) into is_there using new.tenant_id, parent;
    if parent is not null and not is_there then
      raise exception '% of %.% refers to no row of %: %', tg_argv[i + 1], tg_table_schema,
        tg_table_name, tg_argv[i], parent using errcode = '23503';
    end if;
  end loop;
  return null;
end $$;

-- The other side: rows that are referred to stay. Arguments: child table and referring column.
create function platform.refuse_orphans() returns trigger
language plpgsql as $$
declare
  parent uuid;
begin
  for i in 0 .. tg_nargs - 2 by 2 loop
    execute format(
      'select g.id from gone g where exists (
         select from %I.%I c where c.tenant_id = g.tenant_id and c.%I = g.id) limit 1',
      tg_table_schema, tg_argv[i], tg_argv[i + 1]) into parent;
    if parent is not null then
      raise exception '%.% % is still referred to by %', tg_table_schema, tg_table_name, parent,
        tg_argv[i] using errcode = '23503';
    end if;
  end loop;
  return null;
end $$;

-- Keys that others refer to never change.
create function platform.refuse_new_key() returns trigger
language plpgsql as $$
begin
  if (old.tenant_id, old.id) is distinct from (new.tenant_id, new.id) then
    raise exception 'the key of a row of %.% never changes', tg_table_schema, tg_table_name
      using errcode = '23503';
  end if;
  return new;
end $$;
grant execute on function platform.require_parents(), platform.require_parent(),
  platform.refuse_orphans(), platform.refuse_new_key() to daftari_app;

-- The id of the transaction a line becomes, or of the one it turned out to be, is given when the
-- line is stored, so posting writes no line again.
alter table shared.statement_lines no force row level security;
update shared.statement_lines set transaction_id = platform.uuid_v7()
  where direction is not null and transaction_id is null;
alter table shared.statement_lines force row level security;

alter table shared.transactions
  drop column sealed,
  drop column search_tokens,
  set (fillfactor = 45);

alter table shared.statement_lines drop constraint statement_lines_tenant_id_statement_id_fkey;
create trigger parents_exist after insert on shared.statement_lines
  referencing new table as added for each statement
  execute function platform.require_parents('statements', 'statement_id');

alter table shared.transactions
  drop constraint transactions_tenant_id_account_id_fkey,
  drop constraint transactions_tenant_id_statement_id_fkey,
  drop constraint transactions_tenant_id_parent_id_fkey;
create trigger parents_exist after insert on shared.transactions
  referencing new table as added for each statement
  execute function platform.require_parents('accounts', 'account_id', 'statements', 'statement_id',
    'transactions', 'parent_id');
create trigger parents_still_exist
  after update of account_id, statement_id, parent_id on shared.transactions for each row
  execute function platform.require_parent('accounts', 'account_id', 'statements', 'statement_id',
    'transactions', 'parent_id');

alter table shared.transaction_sources
  drop constraint transaction_sources_tenant_id_transaction_id_fkey,
  drop constraint transaction_sources_tenant_id_statement_id_fkey;
create trigger parents_exist after insert on shared.transaction_sources
  referencing new table as added for each statement
  execute function platform.require_parents('statements', 'statement_id', 'transactions',
    'transaction_id');

create trigger children_stay after delete on shared.statements
  referencing old table as gone for each statement
  execute function platform.refuse_orphans('statement_lines', 'statement_id', 'transactions',
    'statement_id', 'transaction_sources', 'statement_id');
create trigger children_stay after delete on shared.accounts
  referencing old table as gone for each statement
  execute function platform.refuse_orphans('transactions', 'account_id');
create trigger children_stay after delete on shared.transactions
  referencing old table as gone for each statement
  execute function platform.refuse_orphans('transactions', 'parent_id', 'transaction_sources',
    'transaction_id');
create trigger key_stays before update of tenant_id, id on shared.statements
  for each row execute function platform.refuse_new_key();
create trigger key_stays before update of tenant_id, id on shared.accounts
  for each row execute function platform.refuse_new_key();
create trigger key_stays before update of tenant_id, id on shared.transactions
  for each row execute function platform.refuse_new_key();
`,
  down: `
drop trigger key_stays on shared.transactions;
drop trigger key_stays on shared.accounts;
drop trigger key_stays on shared.statements;
drop trigger children_stay on shared.transactions;
drop trigger children_stay on shared.accounts;
drop trigger children_stay on shared.statements;
drop trigger parents_exist on shared.transaction_sources;
drop trigger parents_still_exist on shared.transactions;
drop trigger parents_exist on shared.transactions;
drop trigger parents_exist on shared.statement_lines;
alter table shared.transaction_sources
  add foreign key (tenant_id, transaction_id) references shared.transactions,
  add foreign key (tenant_id, statement_id) references shared.statements;
alter table shared.transactions
  add column sealed bytea,
  add column search_tokens bigint[],
  reset (fillfactor);
alter table shared.transactions no force row level security;
alter table shared.statement_lines no force row level security;
update shared.transactions x set sealed = l.sealed, search_tokens = l.search_tokens
  from shared.statement_lines l where l.tenant_id = x.tenant_id
    and l.statement_id = x.statement_id and l.ordinal = x.ordinal;
update shared.statement_lines l set transaction_id = null where transaction_id is not null
  and not exists (select from shared.transactions x
    where x.tenant_id = l.tenant_id and x.id = l.transaction_id);
alter table shared.statement_lines force row level security;
alter table shared.transactions force row level security;
alter table shared.transactions
  alter column sealed set not null,
  alter column search_tokens set not null,
  add foreign key (tenant_id, account_id) references shared.accounts,
  add foreign key (tenant_id, statement_id) references shared.statements,
  add foreign key (tenant_id, parent_id) references shared.transactions;
alter table shared.statement_lines
  add foreign key (tenant_id, statement_id) references shared.statements;
drop function platform.refuse_new_key();
drop function platform.refuse_orphans();
drop function platform.require_parent();
drop function platform.require_parents();
`,
};
