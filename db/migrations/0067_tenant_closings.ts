import type { Migration } from './migration.ts';

/** Businesses that close: who asked and who agreed, and the certificate that outlives the data. */
export const tenantClosings: Migration = {
  name: '0067_tenant_closings',
  up: String.raw`
create table platform.tenant_closings (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  number integer not null check (number > 0),
  status text not null default 'asked' check (status in ('asked', 'grace', 'archived', 'erasing',
    'erased', 'declined', 'withdrawn', 'expired')),
  tenant_name text not null,
  reason text not null check (length(reason) between 3 and 500),
  requested_by text not null check (requested_by <> ''),
  decided_by text check (decided_by <> ''),
  note text check (length(note) <= 500),
  was_active boolean not null default true,
  workflow_id text not null,
  created_at timestamptz(3) not null default now(),
  grace_until timestamptz(3),
  erase_after timestamptz(3),
  ended_at timestamptz(3),
  -- What was there, and which key was destroyed; no personal data.
  certificate jsonb,
  primary key (tenant_id, id),
  unique (tenant_id, number),
  check ((status in ('erased', 'declined', 'withdrawn', 'expired')) = (ended_at is not null)),
  check (status not in ('erasing', 'erased') or certificate is not null)
);
create unique index tenant_closings_open on platform.tenant_closings (tenant_id)
  where ended_at is null;
create index tenant_closings_queue on platform.tenant_closings (created_at)
  where status in ('asked', 'grace', 'archived', 'erasing');
call platform.isolate('platform.tenant_closings', 'select');
create policy operators on platform.tenant_closings to daftari_ops using (true) with check (true);
grant select, insert, update on platform.tenant_closings to daftari_ops;

-- What ended never changes again, not even by the owner.
create function platform.guard_closing() returns trigger
language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.ended_at is not null then
    raise exception 'the record of a closing is kept as it is' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger kept before update or delete on platform.tenant_closings
  for each row execute function platform.guard_closing();
grant execute on function platform.guard_closing() to daftari_ops;
`,
  down: String.raw`
drop table platform.tenant_closings;
drop function platform.guard_closing();
`,
};
