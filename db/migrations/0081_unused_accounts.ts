import type { Migration } from './migration.ts';

/** An account of statements that is no longer used is not missed; the next statement ends that. */
export const unusedAccounts: Migration = {
  name: '0081_unused_accounts',
  up: `
alter table shared.accounts add column unused_since timestamptz(3);
`,
  down: `
alter table shared.accounts drop column unused_since;
`,
};
