import type { Migration } from './migration.ts';

/** Finds how many numbers somebody was shown in the last hour; the audit log is the only record. */
export const shownNumbers: Migration = {
  name: '0085_shown_numbers',
  up: `
create index audit_log_shown_numbers on shared.audit_log (tenant_id, actor, at)
  where action = 'number.show';
`,
  down: `
drop index shared.audit_log_shown_numbers;
`,
};
