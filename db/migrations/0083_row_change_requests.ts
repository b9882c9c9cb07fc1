import type { Migration } from './migration.ts';

/** A request that is repeated after its answer was lost finds the change it made. */
export const rowChangeRequests: Migration = {
  name: '0083_row_change_requests',
  up: `
-- Follows from the Idempotency-Key of the request.
alter table shared.row_changes add column asked_as uuid;
alter table shared.row_changes add unique (tenant_id, asked_as);
`,
  down: `
alter table shared.row_changes drop column asked_as;
`,
};
