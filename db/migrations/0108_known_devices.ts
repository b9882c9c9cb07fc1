import type { Migration } from './migration.ts';

/** By which mark a browser is known again, so that a sign-in from another one can be told. */
export const knownDevices: Migration = {
  name: '0108_known_devices',
  up: `
-- SHA-256 of a cookie that says nothing else; null for sessions from before.
alter table platform.sessions add column device_mark bytea check (length(device_mark) = 32);
create index sessions_device on platform.sessions (user_id, device_mark);
`,
  down: `
drop index platform.sessions_device;
alter table platform.sessions drop column device_mark;
`,
};
