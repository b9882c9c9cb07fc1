import type { Migration } from './migration.ts';

/** Double-entry books: accounts, append-only transactions and entries, reservations and receipts. */
export const ledger: Migration = {
  name: '0009_ledger',
  up: `
-- Two rules that need no look at other rows than those of the statement: entries of a transaction
-- arrive in one statement (its leg 1 is among them, and a key forbids a second leg 1), and they sum
-- to zero per currency. So a transaction can neither be unbalanced for a moment nor grow later.
create function platform.assert_entries_balance() returns trigger
language plpgsql as $$
declare
  wrong record;
begin
  select transaction_id, currency, sum(amount_cents) as total into wrong
  from added group by tenant_id, transaction_id, currency having sum(amount_cents) <> 0 limit 1;
  if found then
    raise exception 'entries of transaction % sum to % cents of %',
      wrong.transaction_id, wrong.total, wrong.currency using errcode = '23514';
  end if;
  select transaction_id into wrong
  from added group by tenant_id, transaction_id having min(leg) <> 1 limit 1;
  if found then
    raise exception 'entries of transaction % were written before', wrong.transaction_id
      using errcode = '23514';
  end if;
  return null;
end $$;

-- At COMMIT every new transaction has entries, and what the table holds of it sums to zero.
create function platform.assert_transaction_has_entries() returns trigger
language plpgsql as $$
declare
  legs bigint;
  unbalanced bigint;
begin
  execute format(
    'select coalesce(sum(n), 0), count(*) filter (where total <> 0) from (
       select count(*) as n, sum(amount_cents) as total from %I.ledger_entries
       where tenant_id = $1 and transaction_id = $2 group by currency) c', tg_table_schema)
  into legs, unbalanced using new.tenant_id, new.id;
  if legs < 2 or unbalanced > 0 then
    raise exception 'transaction % has % entries, % currencies of it do not sum to zero',
      new.id, legs, unbalanced using errcode = '23514';
  end if;
  return null;
end $$;

-- open → committed, voided or expired, once; what was reserved never changes.
create function platform.guard_reservation() returns trigger
language plpgsql as $$
begin
  if old.status <> 'open' or new.status = 'open' then
    raise exception 'a reservation that is % cannot become %', old.status, new.status
      using errcode = '23514';
  end if;
  if (old.tenant_id, old.id, old.reference, old.from_account_id, old.to_account_id,
      old.amount_cents, old.created_at)
    is distinct from (new.tenant_id, new.id, new.reference, new.from_account_id,
      new.to_account_id, new.amount_cents, new.created_at) then
    raise exception 'what a reservation holds cannot be changed' using errcode = '23514';
  end if;
  return new;
end $$;

create table shared.ledger_accounts (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  kind text not null check (kind in ('utility', 'working', 'merchant', 'charges', 'customer',
    'suspense', 'revenue', 'payable', 'outside', 'adjustment')),
  owner text not null check (length(owner) <= 64),
  currency text not null default 'KES' check (currency = 'KES'),
  -- Without the credits that still wait in ledger_deltas; the balance is the sum of both.
  balance_cents bigint not null default 0,
  reserved_cents bigint not null default 0 check (reserved_cents >= 0),
  -- Which crossings of a threshold somebody wants to hear of.
  watch text check (watch in ('below', 'above', 'both')),
  version bigint not null default 0,
  opened_at timestamptz(3) not null default now(),
  closed_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, kind, owner)
) with (fillfactor = 70);
call platform.isolate('shared.ledger_accounts', 'select, insert, update');
create policy operators on shared.ledger_accounts for select to daftari_ops using (true);
grant select on shared.ledger_accounts to daftari_ops;

create table shared.ledger_transactions (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  reference text not null check (reference <> '' and length(reference) <= 300),
  kind text not null check (kind <> ''),
  occurred_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null default clock_timestamp(),
  -- SHA-256 of what the reference stands for: a repeat must be the same.
  postings_hash bytea not null check (length(postings_hash) = 32),
  reverses uuid check (reverses <> id),
  source_kind text not null check (source_kind <> ''),
  source_id text not null,
  workflow_id text,
  receipt text,
  actor text not null check (actor <> ''),
  reason text,
  primary key (tenant_id, id),
  unique (tenant_id, reference),
  foreign key (tenant_id, reverses) references shared.ledger_transactions
);
-- Whoever reverses second loses, also when both look at the same moment.
create unique index ledger_transactions_reverses on shared.ledger_transactions (tenant_id, reverses)
  where reverses is not null;
create index ledger_transactions_time on shared.ledger_transactions (tenant_id, occurred_at, id);
create index ledger_transactions_receipt on shared.ledger_transactions (tenant_id, receipt)
  where receipt is not null;
create index ledger_transactions_source on shared.ledger_transactions (tenant_id, source_id);
call platform.isolate('shared.ledger_transactions', 'select, insert');
create policy operators on shared.ledger_transactions for select to daftari_ops using (true);
grant select on shared.ledger_transactions to daftari_ops;
create trigger append_only before update or delete on shared.ledger_transactions
  for each row execute function platform.refuse_change();
create constraint trigger has_entries after insert on shared.ledger_transactions
  deferrable initially deferred
  for each row execute function platform.assert_transaction_has_entries();

create table shared.ledger_entries (
  tenant_id uuid not null,
  transaction_id uuid not null,
  leg smallint not null check (leg > 0),
  account_id uuid not null,
  amount_cents bigint not null check (amount_cents <> 0),
  currency text not null default 'KES' check (currency = 'KES'),
  occurred_at timestamptz(3) not null,
  primary key (tenant_id, transaction_id, leg),
  foreign key (tenant_id, transaction_id) references shared.ledger_transactions,
  foreign key (tenant_id, account_id) references shared.ledger_accounts
);
create index ledger_entries_account on shared.ledger_entries
  (tenant_id, account_id, occurred_at, transaction_id, leg) include (amount_cents);
call platform.isolate('shared.ledger_entries', 'select, insert');
create policy operators on shared.ledger_entries for select to daftari_ops using (true);
grant select on shared.ledger_entries to daftari_ops;
create trigger append_only before update or delete on shared.ledger_entries
  for each row execute function platform.refuse_change();
create trigger balance after insert on shared.ledger_entries
  referencing new table as added
  for each statement execute function platform.assert_entries_balance();

-- What entered an account without waiting for its row; folded into balance_cents by whoever holds
-- the row. Many writers of one account meet nowhere.
create table shared.ledger_deltas (
  tenant_id uuid not null,
  account_id uuid not null,
  id bigint generated always as identity,
  amount_cents bigint not null,
  primary key (tenant_id, account_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
call platform.isolate('shared.ledger_deltas', 'select, insert, delete');
create policy operators on shared.ledger_deltas for select to daftari_ops using (true);
grant select on shared.ledger_deltas to daftari_ops;

create table shared.ledger_reservations (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  reference text not null check (reference <> '' and length(reference) <= 300),
  from_account_id uuid not null,
  to_account_id uuid not null check (to_account_id <> from_account_id),
  amount_cents bigint not null check (amount_cents > 0),
  committed_cents bigint check (committed_cents between 1 and amount_cents),
  status text not null default 'open'
    check (status in ('open', 'committed', 'voided', 'expired')),
  why text check (why in ('rejected', 'expired', 'cancelled')),
  transaction_id uuid,
  source_kind text not null check (source_kind <> ''),
  source_id text not null,
  workflow_id text,
  actor text not null check (actor <> ''),
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default clock_timestamp(),
  closed_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, reference),
  foreign key (tenant_id, from_account_id) references shared.ledger_accounts,
  foreign key (tenant_id, to_account_id) references shared.ledger_accounts,
  foreign key (tenant_id, transaction_id) references shared.ledger_transactions,
  check ((status = 'open') = (closed_at is null)),
  check ((status = 'committed') = (transaction_id is not null)),
  check ((status = 'committed') = (committed_cents is not null)),
  check ((status in ('voided', 'expired')) = (why is not null))
);
create index ledger_reservations_open on shared.ledger_reservations (tenant_id, expires_at)
  where status = 'open';
create index ledger_reservations_account on shared.ledger_reservations
  (tenant_id, from_account_id, created_at);
create index ledger_reservations_source on shared.ledger_reservations (tenant_id, source_id);
call platform.isolate('shared.ledger_reservations', 'select, insert, update');
create policy operators on shared.ledger_reservations for select to daftari_ops using (true);
grant select on shared.ledger_reservations to daftari_ops;
create trigger state_machine before update on shared.ledger_reservations
  for each row execute function platform.guard_reservation();
create trigger append_only before delete on shared.ledger_reservations
  for each row execute function platform.refuse_change();

-- One row per M-PESA receipt and leg: whoever witnesses it second finds it here.
create table shared.receipts (
  tenant_id uuid not null references platform.tenants,
  shortcode_id uuid not null,
  receipt text not null check (receipt <> '' and length(receipt) <= 32),
  leg text not null default 'credit' check (leg <> ''),
  amount_cents bigint not null check (amount_cents > 0),
  transaction_id uuid not null,
  source_kind text not null,
  source_id text not null,
  credited_at timestamptz(3) not null default clock_timestamp(),
  primary key (tenant_id, shortcode_id, receipt, leg),
  foreign key (tenant_id, transaction_id) references shared.ledger_transactions
    deferrable initially deferred
);
create index receipts_receipt on shared.receipts (tenant_id, receipt);
create index receipts_transaction on shared.receipts (tenant_id, transaction_id);
call platform.isolate('shared.receipts', 'select, insert');
create policy operators on shared.receipts for select to daftari_ops using (true);
grant select on shared.receipts to daftari_ops;
create trigger append_only before update or delete on shared.receipts
  for each row execute function platform.refuse_change();

-- The balance at the end of a business date, for accounts that moved on it.
create table shared.ledger_day_balances (
  tenant_id uuid not null,
  account_id uuid not null,
  business_date date not null,
  balance_cents bigint not null,
  primary key (tenant_id, account_id, business_date),
  foreign key (tenant_id, account_id) references shared.ledger_accounts
);
create index ledger_day_balances_day on shared.ledger_day_balances (tenant_id, business_date);
call platform.isolate('shared.ledger_day_balances', 'select, insert, update');
create policy operators on shared.ledger_day_balances for select to daftari_ops using (true);
grant select on shared.ledger_day_balances to daftari_ops;

create view ops.ledger_invariants with (security_invoker = true) as
select 'ledger-transaction-sums-to-zero' as invariant, x.tenant_id,
  format('transaction %s: %s entries, %s cents', x.id, coalesce(e.n, 0), e.total) as detail
from shared.ledger_transactions x
left join (
  select tenant_id, transaction_id, sum(n) as n, sum(abs(total)) as total from (
    select tenant_id, transaction_id, currency, count(*) as n, sum(amount_cents) as total
    from shared.ledger_entries group by 1, 2, 3) c
  group by 1, 2
) e on e.tenant_id = x.tenant_id and e.transaction_id = x.id
where coalesce(e.n, 0) < 2 or e.total <> 0

union all
select 'ledger-balance-equals-entries', a.tenant_id,
  format('account %s (%s): balance %s, entries %s', a.id, a.kind, a.balance_cents
    + coalesce(d.cents, 0), coalesce(e.cents, 0))
from shared.ledger_accounts a
left join (
  select tenant_id, account_id, sum(amount_cents) as cents from shared.ledger_deltas group by 1, 2
) d on d.tenant_id = a.tenant_id and d.account_id = a.id
left join (
  select tenant_id, account_id, sum(amount_cents) as cents from shared.ledger_entries group by 1, 2
) e on e.tenant_id = a.tenant_id and e.account_id = a.id
where a.balance_cents + coalesce(d.cents, 0) <> coalesce(e.cents, 0)

union all
select 'ledger-reserved-equals-reservations', a.tenant_id,
  format('account %s (%s): reserved %s, open reservations %s', a.id, a.kind, a.reserved_cents,
    coalesce(r.cents, 0))
from shared.ledger_accounts a
left join (
  select tenant_id, from_account_id, sum(amount_cents) as cents
  from shared.ledger_reservations where status = 'open' group by 1, 2
) r on r.tenant_id = a.tenant_id and r.from_account_id = a.id
where a.reserved_cents <> coalesce(r.cents, 0)

union all
select 'ledger-account-not-negative', b.tenant_id,
  format('account %s (%s): %s cents may be spent', b.id, b.kind, b.available)
from (
  select a.tenant_id, a.id, a.kind, a.owner, a.balance_cents - a.reserved_cents + coalesce((
    select sum(d.amount_cents) from shared.ledger_deltas d
    where d.tenant_id = a.tenant_id and d.account_id = a.id), 0) as available
  from shared.ledger_accounts a where a.kind not in ('outside', 'adjustment')
) b
where b.available < 0 and (b.kind <> 'utility' or -b.available > coalesce((
  select sum(e.amount_cents) from shared.ledger_accounts c
  join shared.ledger_entries e on e.tenant_id = c.tenant_id and e.account_id = c.id
  where c.tenant_id = b.tenant_id and c.kind = 'charges' and e.amount_cents > 0), 0))

union all
select 'ledger-closed-account-is-empty', a.tenant_id,
  format('account %s (%s) closed at %s', a.id, a.kind, a.closed_at)
from shared.ledger_accounts a
where a.closed_at is not null and (a.balance_cents <> 0 or a.reserved_cents <> 0 or exists (
  select from shared.ledger_deltas d where d.tenant_id = a.tenant_id and d.account_id = a.id))

union all
select 'ledger-reversal-mirrors-its-transaction', x.tenant_id,
  format('transaction %s does not undo %s to the cent', x.id, x.reverses)
from shared.ledger_transactions x
where x.reverses is not null and exists (
  select from shared.ledger_entries e
  where e.tenant_id = x.tenant_id and e.transaction_id in (x.id, x.reverses)
  group by e.account_id having sum(e.amount_cents) <> 0)

union all
select 'ledger-receipt-moved-its-amount', r.tenant_id,
  format('receipt %s of shortcode %s: no movement of %s cents in transaction %s', r.receipt,
    r.shortcode_id, r.amount_cents, r.transaction_id)
from shared.receipts r
where (
  select coalesce(sum(e.amount_cents), 0) from shared.ledger_entries e
  where e.tenant_id = r.tenant_id and e.transaction_id = r.transaction_id and e.amount_cents > 0
) < r.amount_cents

union all
select 'ledger-receipt-is-credited-once', r.tenant_id,
  format('transaction %s credits %s receipts', r.transaction_id, count(*))
from shared.receipts r
group by r.tenant_id, r.transaction_id having count(*) > 1

union all
select 'ledger-reservation-ends', r.tenant_id,
  format('reservation %s is open since %s and expired at %s', r.id, r.created_at, r.expires_at)
from shared.ledger_reservations r
where r.status = 'open' and r.expires_at < now() - interval '1 hour'

union all
select 'ledger-day-balance-equals-entries', s.tenant_id,
  format('account %s at the end of %s: %s cents', s.account_id, s.business_date, s.balance_cents)
from shared.ledger_day_balances s
where s.balance_cents <> coalesce((
  select sum(e.amount_cents) from shared.ledger_entries e
  where e.tenant_id = s.tenant_id and e.account_id = s.account_id
    and e.occurred_at < ((s.business_date + 1)::timestamp at time zone 'Africa/Nairobi')), 0);
grant select on ops.ledger_invariants to daftari_ops;

alter view ops.invariants rename to statement_invariants;

-- ops.invariants is the union of every view named ops.…_invariants. A migration that adds one calls
-- this; its down drops ops.invariants, then its view, and calls this again.
create procedure ops.rebuild_invariants() language plpgsql as $$
declare
  parts text;
begin
  drop view if exists ops.invariants;
  select string_agg(format('select invariant, tenant_id, detail from ops.%I', c.relname),
    ' union all ' order by c.relname)
  into parts
  from pg_class c
  where c.relnamespace = 'ops'::regnamespace and c.relkind = 'v'
    and c.relname like '%\\_invariants';
  execute 'create view ops.invariants with (security_invoker = true) as ' || parts;
  grant select on ops.invariants to daftari_ops;
end $$;
revoke all on procedure ops.rebuild_invariants() from public;
call ops.rebuild_invariants();
`,
  down: `
drop procedure ops.rebuild_invariants();
drop view ops.invariants;
drop view ops.ledger_invariants;
alter view ops.statement_invariants rename to invariants;
drop table shared.ledger_day_balances, shared.receipts, shared.ledger_reservations,
  shared.ledger_deltas, shared.ledger_entries, shared.ledger_transactions, shared.ledger_accounts;
drop function platform.guard_reservation();
drop function platform.assert_transaction_has_entries();
drop function platform.assert_entries_balance();
`,
};
