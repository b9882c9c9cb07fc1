import type { Migration } from './migration.ts';

/**
 * A business and its first member come in one transaction, so no crash leaves a business that nobody
 * can enter. Whoever creates one may add a member only to a business of this very transaction.
 */
export const founding: Migration = {
  name: '0075_founding',
  up: `
create policy founding on shared.members for insert to daftari_ops with check (
  role = 'owner' and exists (
    select from platform.tenants t
    where t.id = members.tenant_id and t.created_at = now()::timestamptz(3)));
grant insert on shared.members to daftari_ops;
`,
  down: `
revoke insert on shared.members from daftari_ops;
drop policy founding on shared.members;
`,
};
