import type { Migration } from './migration.ts';

/** Feature flags of the house, and what single tenants chose where they may. */
export const flags: Migration = {
  name: '0041_flags',
  up: String.raw`
create table platform.flags (
  key text not null check (key ~ '^[a-z][a-z0-9-]{1,62}$'),
  environment text not null check (environment in ('live', 'test')),
  description text not null,
  is_on boolean not null default false,
  -- Plans that have it; empty: every plan.
  plans text[] not null default '{}',
  -- Tenants that have it whatever their plan.
  tenants uuid[] not null default '{}',
  rollout_percent numeric(5, 2) not null default 100 check (rollout_percent between 0 and 100),
  is_tenants_choice boolean not null default false,
  version integer not null default 1 check (version > 0),
  updated_at timestamptz(3) not null default now(),
  primary key (key, environment)
);
grant select on platform.flags to daftari_app;
grant select, insert, update, delete on platform.flags to daftari_ops;

insert into platform.flags (key, environment, description, is_on, plans, is_tenants_choice)
select f.key, e.environment, f.description, true, f.plans::text[], f.choice
from (values
  ('own-branding', 'Documents and mails carry the name and colour of the business', '{pro,enterprise}',
    true),
  ('own-database', 'The data of the business lives in a database of its own', '{enterprise}', false),
  ('weekly-summary', 'A summary of the week is sent on Monday morning', '{}', true),
  ('early-screens', 'Screens that are not finished yet are shown', '{}', true)
) f (key, description, plans, choice), (values ('live'), ('test')) e (environment);
update platform.flags set rollout_percent = 0 where key = 'early-screens';

create table shared.flag_choices (
  tenant_id uuid not null references platform.tenants,
  key text not null,
  is_on boolean not null,
  chosen_by text not null,
  chosen_at timestamptz(3) not null default now(),
  primary key (tenant_id, key)
);
call platform.isolate('shared.flag_choices', 'select, insert, update, delete');
`,
  down: `
drop table shared.flag_choices, platform.flags;
`,
};
