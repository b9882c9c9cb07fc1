import type { Migration } from './migration.ts';

/** Uploads that became no statement are swept after an hour: none can still be under way then. */
export const hourlyUploadSweep: Migration = {
  name: '0007_hourly_upload_sweep',
  up: `
alter policy operators_read on shared.uploads using (created_at < now() - interval '1 hour');
alter policy operators_sweep on shared.uploads using (created_at < now() - interval '1 hour');
`,
  down: `
alter policy operators_read on shared.uploads using (created_at < now() - interval '1 day');
alter policy operators_sweep on shared.uploads using (created_at < now() - interval '1 day');
`,
};
