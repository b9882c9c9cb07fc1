import type { Migration } from './migration.ts';

/** Money that only a statement told of goes out of the books again when the statement is undone. */
export const withdrawnPayments: Migration = {
  name: '0080_withdrawn_payments',
  up: `
alter table shared.received_payments drop constraint received_payments_state_check;
alter table shared.received_payments add constraint received_payments_state_check
  check (state in
    ('received', 'linked', 'allocated', 'part-allocated', 'unallocated', 'withdrawn'));
alter table shared.received_payments add constraint received_payments_withdrawn_check
  check (state <> 'withdrawn' or allocated_cents = 0);
create index received_payments_told on shared.received_payments (tenant_id, workflow_id)
  where source = 'statement';

create view ops.withdrawn_payment_invariants with (security_invoker = true) as
select 'withdrawn-payment-is-out-of-the-books' as invariant, p.tenant_id,
  format('received payment %s is %s, its transaction %s is %s', p.id, p.state,
    p.ledger_transaction_id, case when r.id is null then 'in force' else 'withdrawn' end) as detail
from shared.received_payments p
left join shared.ledger_transactions r on r.tenant_id = p.tenant_id
  and r.reverses = p.ledger_transaction_id and r.kind = 'payment.withdrawn'
where p.ledger_transaction_id is not null and (p.state = 'withdrawn') <> (r.id is not null);
grant select on ops.withdrawn_payment_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.withdrawn_payment_invariants;
call ops.rebuild_invariants();
drop index shared.received_payments_told;
alter table shared.received_payments drop constraint received_payments_withdrawn_check;
alter table shared.received_payments drop constraint received_payments_state_check;
alter table shared.received_payments add constraint received_payments_state_check
  check (state in ('received', 'linked', 'allocated', 'part-allocated', 'unallocated'));
`,
};
