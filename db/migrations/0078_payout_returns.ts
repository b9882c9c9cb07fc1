import type { Migration } from './migration.ts';

/** A payout whose money M-PESA gave back by hand: said by one person, agreed to by another. */
export const payoutReturns: Migration = {
  name: '0078_payout_returns',
  up: `
create table shared.payout_returns (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  disbursement_id uuid not null,
  receipt text not null check (receipt ~ '^[A-Z0-9]{8,12}$'),
  amount_cents bigint not null check (amount_cents > 0),
  reason text not null check (length(reason) between 3 and 500),
  status text not null default 'waiting'
    check (status in ('waiting', 'agreed', 'rejected', 'booked', 'known-receipt')),
  requested_by text not null check (requested_by <> ''),
  requested_at timestamptz(3) not null default now(),
  decided_by text check (decided_by <> requested_by),
  decided_at timestamptz(3),
  transaction_id uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, disbursement_id) references shared.disbursements,
  check ((status = 'waiting') = (decided_by is null)),
  check ((status = 'waiting') = (decided_at is null)),
  check ((status = 'booked') = (transaction_id is not null))
);
-- The money of a payout comes back once.
create unique index payout_returns_once on shared.payout_returns (tenant_id, disbursement_id)
  where status in ('waiting', 'agreed', 'booked');
create index payout_returns_payout
  on shared.payout_returns (tenant_id, disbursement_id, requested_at desc);
call platform.isolate('shared.payout_returns', 'select, insert, update');
create policy operators on shared.payout_returns for select to daftari_ops using (true);
grant select (tenant_id, id, disbursement_id, amount_cents, status, transaction_id)
  on shared.payout_returns to daftari_ops;

create view ops.payout_return_invariants with (security_invoker = true) as
select 'payout-comes-back-once' as invariant, d.tenant_id,
  format('payout %s of %s cents is %s: %s came back, the ledger says %s', d.id, d.amount_cents,
    d.status, r.cents, x.n) as detail
from (
  select tenant_id, disbursement_id, sum(amount_cents) as cents, count(*) as n
  from shared.payout_returns where status = 'booked' group by 1, 2
) r
join shared.disbursements d on d.tenant_id = r.tenant_id and d.id = r.disbursement_id
cross join lateral (
  select count(*) as n from shared.ledger_transactions l
  where l.tenant_id = d.tenant_id and l.source_id = d.id::text
    and l.kind = 'disbursement.returned' and l.reverses is null
) x
where d.status <> 'paid' or r.cents > d.amount_cents or r.n <> 1 or x.n <> 1;
grant select on ops.payout_return_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.payout_return_invariants;
call ops.rebuild_invariants();
drop table shared.payout_returns;
`,
};
