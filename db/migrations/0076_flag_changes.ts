import type { Migration } from './migration.ts';

/** Who rolled a flag out, when and how far: every version a flag has had, for good. */
export const flagChanges: Migration = {
  name: '0076_flag_changes',
  up: `
create table platform.flag_changes (
  key text not null,
  environment text not null check (environment in ('live', 'test')),
  version integer not null check (version > 0),
  changed_by text not null check (changed_by <> ''),
  changed_at timestamptz(3) not null default now(),
  definition jsonb not null,
  primary key (key, environment, version)
);
grant select, insert on platform.flag_changes to daftari_ops;
create trigger append_only before update or delete on platform.flag_changes
  for each row execute function platform.refuse_change();
insert into platform.flag_changes (key, environment, version, changed_by, changed_at, definition)
select key, environment, version, 'service:house', updated_at, to_jsonb(f) from platform.flags f;
`,
  down: `
drop table platform.flag_changes;
`,
};
