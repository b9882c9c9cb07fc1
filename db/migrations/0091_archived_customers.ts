import type { Migration } from './migration.ts';

/** A customer who pays no more is put away: not offered, not recognised, and brought back at will. */
export const archivedCustomers: Migration = {
  name: '0091_archived_customers',
  up: `
alter table shared.customers add column archived_at timestamptz(3);
create index collections_of_customer on shared.collections (tenant_id, customer_id, paid_at desc)
  where customer_id is not null;
create index disbursements_of_subject on shared.disbursements (tenant_id, subject_id)
  where draws_on = 'customer';
`,
  down: `
drop index shared.disbursements_of_subject;
drop index shared.collections_of_customer;
alter table shared.customers drop column archived_at;
`,
};
