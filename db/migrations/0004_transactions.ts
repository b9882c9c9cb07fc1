import type { Migration } from './migration.ts';

/** Posted money, where it was seen, how it is searched, and the daily figures made from it. */
export const transactions: Migration = {
  name: '0004_transactions',
  up: `
create table shared.transactions (
  tenant_id uuid not null,
  id uuid not null default platform.uuid_v7(),
  account_id uuid not null,
  identity text not null check (identity <> ''),
  receipt text not null,
  occurred_at timestamptz(3) not null,
  business_date date not null,
  direction text not null check (direction in ('in', 'out')),
  amount_cents bigint not null check (amount_cents > 0),
  balance_cents bigint,
  row_status text not null check (row_status = 'completed'),
  purpose text not null,
  channel text not null,
  nature text not null check (nature in ('ordinary', 'charge', 'own-money', 'loan')),
  is_fuliza boolean not null,
  confidence text not null check (confidence in ('certain', 'likely', 'low')),
  category text,
  category_reason text,
  category_source text,
  counterparty_key_index bytea,
  parent_id uuid check (parent_id <> id),
  statement_id uuid not null,
  ordinal integer not null,
  sealed bytea not null,
  search_tokens bigint[] not null,
  reversed_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, account_id) references shared.accounts,
  foreign key (tenant_id, statement_id) references shared.statements,
  foreign key (tenant_id, parent_id) references shared.transactions,
  check (business_date = (occurred_at at time zone 'Africa/Nairobi')::date)
);
create unique index transactions_identity on shared.transactions (tenant_id, account_id, identity)
  where reversed_at is null;
create index transactions_time on shared.transactions (tenant_id, occurred_at, id)
  where reversed_at is null;
create index transactions_amount on shared.transactions (tenant_id, amount_cents, id)
  where reversed_at is null;
-- No other index begins with tenant and account: before the first ANALYZE the planner could take
-- such an index for as selective as the one on identity, and posting would read the whole account.
create index transactions_day
  on shared.transactions (tenant_id, business_date, account_id, occurred_at)
  where reversed_at is null;
create index transactions_receipt on shared.transactions (tenant_id, receipt)
  where reversed_at is null;
create index transactions_statement on shared.transactions (tenant_id, statement_id, ordinal);
create index transactions_parent on shared.transactions (tenant_id, parent_id)
  where parent_id is not null;
call platform.isolate('shared.transactions', 'select, insert, update');
create policy operators on shared.transactions for select to daftari_ops using (true);
grant select (tenant_id, id, account_id, business_date, direction, amount_cents, channel, category,
  nature, statement_id, reversed_at) on shared.transactions to daftari_ops;

-- Every live statement that shows a transaction. Undoing a statement removes its links.
create table shared.transaction_sources (
  tenant_id uuid not null,
  transaction_id uuid not null,
  statement_id uuid not null,
  ordinal integer not null,
  primary key (tenant_id, transaction_id, statement_id),
  foreign key (tenant_id, transaction_id) references shared.transactions,
  foreign key (tenant_id, statement_id) references shared.statements
);
create index transaction_sources_statement
  on shared.transaction_sources (tenant_id, statement_id, ordinal);
call platform.isolate('shared.transaction_sources', 'select, insert, delete');
create policy operators on shared.transaction_sources for select to daftari_ops using (true);
grant select on shared.transaction_sources to daftari_ops;

-- An inverted index in a table: array operators are not leakproof, so PostgreSQL never uses a GIN
-- index below a row-level security policy, while equality of bigint may be looked up by B-tree.
-- Derived in the statement that posts, so it carries no references of its own to check.
create table shared.transaction_words (
  tenant_id uuid not null,
  word bigint not null,
  chunk_id uuid not null,
  transaction_ids uuid[] not null,
  primary key (tenant_id, word, chunk_id)
);
call platform.isolate('shared.transaction_words', 'select, insert');

create table shared.daily_rollups (
  tenant_id uuid not null,
  account_id uuid not null,
  business_date date not null,
  direction text not null check (direction in ('in', 'out')),
  channel text not null,
  category text not null,
  nature text not null check (nature in ('ordinary', 'charge', 'own-money', 'loan')),
  transaction_count integer not null check (transaction_count > 0),
  amount_cents bigint not null check (amount_cents > 0),
  primary key (tenant_id, account_id, business_date, direction, channel, category, nature),
  foreign key (tenant_id, account_id) references shared.accounts
);
create index daily_rollups_day on shared.daily_rollups (tenant_id, business_date);
call platform.isolate('shared.daily_rollups', 'select, insert, delete');
create policy operators on shared.daily_rollups for select to daftari_ops using (true);
grant select on shared.daily_rollups to daftari_ops;
`,
  down: `
drop table shared.daily_rollups, shared.transaction_words, shared.transaction_sources,
  shared.transactions;
`,
};
