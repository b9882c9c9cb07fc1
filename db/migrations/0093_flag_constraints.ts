import type { Migration } from './migration.ts';

/** Flags for businesses of some language, age or list only, and flags that need others. */
export const flagConstraints: Migration = {
  name: '0093_flag_constraints',
  up: `
alter table platform.flags
  -- Empty: every language, every list.
  add column languages text[] not null default '{}',
  add column age_days_min integer check (age_days_min >= 0),
  add column age_days_below integer check (age_days_below > 0),
  add column lists text[] not null default '{}',
  add column needs text[] not null default '{}',
  add check (not key = any(needs)),
  add check (age_days_min < age_days_below);

create table platform.flag_lists (
  name text primary key check (name ~ '^[a-z][a-z0-9-]{1,62}$'),
  tenants uuid[] not null default '{}',
  version integer not null default 1 check (version > 0),
  changed_by text not null check (changed_by <> ''),
  updated_at timestamptz(3) not null default now()
);
grant select on platform.flag_lists to daftari_app;
grant select, insert, update on platform.flag_lists to daftari_ops;
`,
  down: `
drop table platform.flag_lists;
alter table platform.flags drop column languages, drop column age_days_min,
  drop column age_days_below, drop column lists, drop column needs;
`,
};
