import type { Migration } from './migration.ts';

/** Monitors of balances, seals over what was posted, and a cheaper look at COMMIT. */
export const ledgerUpkeep: Migration = {
  name: '0023_ledger_upkeep',
  up: `
-- The trigger planned its query for every transaction, which doubled the cost of a batch. That a
-- transaction has a leg 1 says the same: the statement that writes leg 1 writes a balanced whole.
drop trigger has_entries on shared.ledger_transactions;
drop function platform.assert_transaction_has_entries();
alter table shared.ledger_transactions
  add column first_leg smallint not null default 1 check (first_leg = 1);
alter table shared.ledger_transactions add constraint ledger_transactions_has_entries
  foreign key (tenant_id, id, first_leg)
  references shared.ledger_entries (tenant_id, transaction_id, leg)
  deferrable initially deferred;

create table shared.ledger_monitors (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  account_id uuid not null,
  name text not null check (name <> ''),
  direction text not null check (direction in ('below', 'above')),
  threshold_cents bigint not null,
  is_crossed boolean not null default false,
  crossed_at timestamptz(3),
  created_by text not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, account_id, direction, threshold_cents),
  foreign key (tenant_id, account_id) references shared.ledger_accounts
);
call platform.isolate('shared.ledger_monitors', 'select, insert, update, delete');

-- A seal is one link of a chain over many transactions; making it takes no lock a posting needs.
create table shared.ledger_seals (
  tenant_id uuid not null references platform.tenants,
  seq bigint not null check (seq > 0),
  transaction_count integer not null check (transaction_count > 0),
  digest bytea not null check (length(digest) = 32),
  prev_hash bytea not null check (length(prev_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz(3) not null,
  primary key (tenant_id, seq)
);
call platform.isolate('shared.ledger_seals', 'select, insert');
create policy operators on shared.ledger_seals for select to daftari_ops using (true);
grant select on shared.ledger_seals to daftari_ops;
create trigger append_only before update or delete on shared.ledger_seals
  for each row execute function platform.refuse_change();

create table shared.ledger_sealed (
  tenant_id uuid not null,
  transaction_id uuid not null,
  seq bigint not null,
  content_hash bytea not null check (length(content_hash) = 32),
  primary key (tenant_id, transaction_id),
  foreign key (tenant_id, transaction_id) references shared.ledger_transactions,
  foreign key (tenant_id, seq) references shared.ledger_seals
);
create index ledger_sealed_seq on shared.ledger_sealed (tenant_id, seq, transaction_id);
create index ledger_transactions_recorded on shared.ledger_transactions
  (tenant_id, recorded_at, id);
call platform.isolate('shared.ledger_sealed', 'select, insert');
create policy operators on shared.ledger_sealed for select to daftari_ops using (true);
grant select on shared.ledger_sealed to daftari_ops;
create trigger append_only before update or delete on shared.ledger_sealed
  for each row execute function platform.refuse_change();

-- The story of a payment is read by what its events are keyed with.
create index outbox_key on shared.outbox (tenant_id, key);
create index audit_log_object on shared.audit_log (tenant_id, object_id);

create view ops.seal_invariants with (security_invoker = true) as
select 'ledger-seals-have-no-gap' as invariant, s.tenant_id,
  format('seal %s holds %s of %s transactions', s.seq, coalesce(m.n, 0), s.transaction_count)
    as detail
from shared.ledger_seals s
left join (
  select tenant_id, seq, count(*) as n from shared.ledger_sealed group by 1, 2
) m on m.tenant_id = s.tenant_id and m.seq = s.seq
where coalesce(m.n, 0) <> s.transaction_count
  or s.seq > 1 and not exists (select from shared.ledger_seals p
    where p.tenant_id = s.tenant_id and p.seq = s.seq - 1 and p.hash = s.prev_hash);
grant select on ops.seal_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.seal_invariants;
call ops.rebuild_invariants();
drop index shared.audit_log_object;
drop index shared.outbox_key;
drop index shared.ledger_transactions_recorded;
drop table shared.ledger_sealed, shared.ledger_seals, shared.ledger_monitors;
alter table shared.ledger_transactions drop constraint ledger_transactions_has_entries;
alter table shared.ledger_transactions drop column first_leg;
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
create constraint trigger has_entries after insert on shared.ledger_transactions
  deferrable initially deferred
  for each row execute function platform.assert_transaction_has_entries();
`,
};
