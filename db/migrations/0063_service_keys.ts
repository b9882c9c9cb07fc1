import type { Migration } from './migration.ts';

/** Keys of services are derived, so only their count is kept; the one before the last overlaps it. */
export const serviceKeys: Migration = {
  name: '0063_service_keys',
  up: `
create table platform.service_keys (
  service text not null check (service ~ '^[a-z][a-z-]{1,30}$'),
  generation integer not null check (generation > 1),
  overlap_seconds integer not null check (overlap_seconds between 0 and 86400),
  made_at timestamptz(3) not null default now(),
  primary key (service, generation)
);
grant select, insert on platform.service_keys to daftari_ops;
`,
  down: `
drop table platform.service_keys;
`,
};
