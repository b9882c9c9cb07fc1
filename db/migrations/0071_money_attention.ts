import type { Migration } from './migration.ts';

/** What waits for a person is a handful among very many: it has indexes of its own. */
export const moneyAttention: Migration = {
  name: '0071_money_attention',
  up: `
create index disbursements_to_approve on shared.disbursements (tenant_id) include (amount_cents)
  where status = 'awaiting-approval';
create index disbursements_to_check on shared.disbursements (tenant_id) include (amount_cents)
  where needs_attention;
create index collections_unknown on shared.collections (tenant_id) include (amount_cents)
  where status = 'unknown';
`,
  down: `
drop index shared.collections_unknown;
drop index shared.disbursements_to_check;
drop index shared.disbursements_to_approve;
`,
};
