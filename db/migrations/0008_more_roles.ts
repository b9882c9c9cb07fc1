import type { Migration } from './migration.ts';

/** The roles of a whole back office. */
export const moreRoles: Migration = {
  name: '0008_more_roles',
  up: `
alter table shared.members drop constraint members_role_check;
alter table shared.members add constraint members_role_check check (
  role in ('owner', 'admin', 'finance', 'operator', 'analyst', 'auditor', 'developer'));
`,
  down: `
alter table shared.members drop constraint members_role_check;
alter table shared.members add constraint members_role_check
  check (role in ('owner', 'finance', 'analyst', 'auditor'));
`,
};
