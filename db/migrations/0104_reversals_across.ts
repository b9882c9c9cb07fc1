import type { Migration } from './migration.ts';

/**
 * Reversals that wait for their payment are found by their account, whichever statement they stand
 * on. Accounts whose rows were posted before anything was tied are known by never having been looked
 * through.
 */
export const reversalsAcross: Migration = {
  name: '0104_reversals_across',
  up: `
alter table shared.accounts add column reversals_sought_at timestamptz(3);
create policy operators on shared.accounts for select to daftari_ops
  using (reversals_sought_at is null);
grant select (tenant_id, id, reversals_sought_at) on shared.accounts to daftari_ops;
create index transactions_untied_reversals on shared.transactions (tenant_id, account_id, id)
  where purpose = 'reversal' and parent_id is null and reversed_at is null;
`,
  down: `
drop index shared.transactions_untied_reversals;
revoke select (tenant_id, id, reversals_sought_at) on shared.accounts from daftari_ops;
drop policy operators on shared.accounts;
alter table shared.accounts drop column reversals_sought_at;
`,
};
