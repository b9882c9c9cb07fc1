import type { Migration } from './migration.ts';

/** Which shortcodes M-PESA lists the payments of, and how far they have been read. */
export const pull: Migration = {
  name: '0046_pull',
  up: `
alter table shared.shortcodes
  add column pull_registered_at timestamptz(3),
  -- Every payment up to here has been looked at.
  add column pulled_until timestamptz(3);
`,
  down: `
alter table shared.shortcodes drop column pulled_until, drop column pull_registered_at;
`,
};
