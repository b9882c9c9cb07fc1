import type { Migration } from './migration.ts';

/** Filters, columns and order that a person keeps under a name; at most one opens by itself. */
export const savedViews: Migration = {
  name: '0073_saved_views',
  up: String.raw`
create table shared.saved_views (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  user_id uuid not null,
  screen text not null check (screen in ('transactions')),
  name text not null check (char_length(name) between 1 and 60),
  is_default boolean not null default false,
  -- Filters hold what was searched for, which may be somebody's name or number.
  view_sealed text not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, user_id, screen, name)
);
create unique index saved_views_default on shared.saved_views (tenant_id, user_id, screen)
  where is_default;
call platform.isolate('shared.saved_views', 'select, insert, update, delete');
`,
  down: String.raw`
drop table shared.saved_views;
`,
};
