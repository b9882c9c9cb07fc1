import type { Migration } from './migration.ts';

/**
 * Money on the desk that is sent back: the refund is that of any received payment, and its payout
 * takes the money out of suspense.
 */
export const deskRefunds: Migration = {
  name: '0049_desk_refunds',
  up: `
-- A request is a refund from the start.
drop table shared.refund_requests;

alter table shared.reversals add column received_payment_id uuid;
alter table shared.reversals
  add foreign key (tenant_id, received_payment_id) references shared.received_payments;
create index reversals_received on shared.reversals (tenant_id, received_payment_id)
  where received_payment_id is not null;
grant select (received_payment_id) on shared.reversals to daftari_ops;

-- The account of the books the money leaves; M-PESA takes it from the shortcode either way.
alter table shared.disbursements add column draws_on text not null default 'purse'
  check (draws_on in ('purse', 'suspense'));
alter table shared.disbursements add check (draws_on = 'purse' or purpose = 'refund');
grant select (needs_attention, draws_on) on shared.disbursements to daftari_ops;

create view ops.desk_refund_invariants with (security_invoker = true) as
select 'desk-refund-equals-its-allocation' as invariant, r.tenant_id,
  format('refund %s of %s cents is %s, its allocation in force %s', r.id, r.amount_cents,
    case when r.is_counted then 'counted' else 'not counted' end, coalesce(a.cents, 0)) as detail
from shared.reversals r
join shared.disbursements d on d.tenant_id = r.tenant_id and d.id = r.disbursement_id
left join (
  select tenant_id, target_id, sum(amount_cents)::bigint as cents from shared.allocations
  where target_kind = 'refund' and undone_at is null group by 1, 2
) a on a.tenant_id = r.tenant_id and a.target_id = r.id
where r.received_payment_id is not null and not d.needs_attention
  and coalesce(a.cents, 0) <> case when r.is_counted then r.amount_cents else 0 end;
grant select on ops.desk_refund_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.desk_refund_invariants;
call ops.rebuild_invariants();
alter table shared.disbursements drop column draws_on;
alter table shared.reversals drop column received_payment_id;
revoke select (needs_attention) on shared.disbursements from daftari_ops;
create table shared.refund_requests (
  tenant_id uuid not null,
  id uuid not null,
  received_payment_id uuid not null,
  amount_cents bigint not null check (amount_cents > 0),
  why text not null check (length(why) between 1 and 200),
  status text not null default 'requested'
    check (status in ('requested', 'withdrawn', 'sent', 'done', 'failed')),
  disbursement_id uuid,
  actor text not null check (actor <> ''),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, received_payment_id) references shared.received_payments
);
create index refund_requests_payment
  on shared.refund_requests (tenant_id, received_payment_id);
call platform.isolate('shared.refund_requests', 'select, insert, update');
`,
};
