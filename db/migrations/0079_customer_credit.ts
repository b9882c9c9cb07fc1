import type { Migration } from './migration.ts';

/** What a customer has in credit is paid back to them out of their own account. */
export const customerCredit: Migration = {
  name: '0079_customer_credit',
  up: `
alter table shared.disbursements drop constraint disbursements_draws_on_check;
alter table shared.disbursements add constraint disbursements_draws_on_check
  check (draws_on in ('purse', 'suspense', 'customer'));
alter table shared.disbursements add constraint disbursements_of_a_customer
  check (draws_on <> 'customer' or subject_id is not null);

create view ops.customer_credit_invariants with (security_invoker = true) as
select 'credit-is-paid-from-its-customer' as invariant, d.tenant_id,
  format('payout %s of %s cents is %s, customer %s was charged %s', d.id, d.amount_cents, d.status,
    d.subject_id, coalesce(x.cents, 0)) as detail
from shared.disbursements d
left join lateral (
  select -sum(e.amount_cents)::bigint as cents
  from shared.ledger_transactions l
  join shared.ledger_entries e on e.tenant_id = l.tenant_id and e.transaction_id = l.id
  join shared.ledger_accounts a on a.tenant_id = e.tenant_id and a.id = e.account_id
  where l.tenant_id = d.tenant_id and l.source_id = d.id::text and l.reverses is null
    and l.kind = 'disbursement.paid' and a.kind = 'customer' and a.owner = d.subject_id::text
) x on true
where d.draws_on = 'customer' and not d.needs_attention
  and coalesce(x.cents, 0) <> case d.status when 'paid' then d.amount_cents else 0 end;
grant select (subject_id) on shared.disbursements to daftari_ops;
grant select on ops.customer_credit_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.customer_credit_invariants;
call ops.rebuild_invariants();
revoke select (subject_id) on shared.disbursements from daftari_ops;
alter table shared.disbursements drop constraint disbursements_of_a_customer;
alter table shared.disbursements drop constraint disbursements_draws_on_check;
alter table shared.disbursements add constraint disbursements_draws_on_check
  check (draws_on in ('purse', 'suspense'));
`,
};
