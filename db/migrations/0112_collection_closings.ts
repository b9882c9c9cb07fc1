import type { Migration } from './migration.ts';

/** Giving up a request for much money is said by one person and agreed to by another. */
export const collectionClosings: Migration = {
  name: '0112_collection_closings',
  up: `
create table shared.collection_closings (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  collection_id uuid not null,
  reason text not null check (length(reason) between 3 and 500),
  status text not null default 'waiting'
    check (status in ('waiting', 'agreed', 'rejected', 'withdrawn', 'expired')),
  requested_by text not null check (requested_by <> ''),
  requested_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null check (expires_at > requested_at),
  decided_by text check (decided_by <> ''),
  decided_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, collection_id) references shared.collections,
  check ((status = 'waiting') = (decided_by is null)),
  check ((status = 'waiting') = (decided_at is null)),
  -- The rule of two people holds whatever the program does.
  check (status in ('withdrawn', 'expired') or decided_by <> requested_by)
);
create unique index collection_closings_waiting
  on shared.collection_closings (tenant_id, collection_id) where status = 'waiting';
create index collection_closings_collection
  on shared.collection_closings (tenant_id, collection_id, requested_at desc);
create index collection_closings_open on shared.collection_closings (tenant_id, expires_at)
  where status = 'waiting';
call platform.isolate('shared.collection_closings', 'select, insert, update');
`,
  down: `
drop table shared.collection_closings;
`,
};
