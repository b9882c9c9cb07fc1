import type { Migration } from './migration.ts';

/**
 * The outbox forgets what was published. Of what was told about business objects stays that and when
 * it was told, without what it said, so that the story of a payment has its events for as long as the
 * books have its entries.
 */
export const toldEvents: Migration = {
  name: '0110_told_events',
  up: `
create table shared.told_events (
  tenant_id uuid not null references platform.tenants,
  event_id uuid not null,
  object_id text not null check (object_id <> ''),
  type text not null check (type <> ''),
  occurred_at timestamptz(3) not null,
  published_at timestamptz(3) not null,
  primary key (tenant_id, event_id)
);
create index told_events_object on shared.told_events (tenant_id, object_id);
call platform.isolate('shared.told_events', 'select, insert');
create trigger append_only before update or delete on shared.told_events
  for each row execute function platform.refuse_change();
create policy operators_keep on shared.told_events for insert to daftari_ops with check (true);
grant insert on shared.told_events to daftari_ops;
`,
  down: `
drop table shared.told_events;
`,
};
