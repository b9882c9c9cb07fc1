import type { Migration } from './migration.ts';

/** Changes of flags that one operator of the house asks for and another one lets come true. */
export const flagRequests: Migration = {
  name: '0105_flag_requests',
  up: `
create table platform.flag_requests (
  id uuid primary key,
  environment text not null check (environment in ('live', 'test')),
  -- Each flag as it was when it was asked for, or null, and as it should be.
  steps jsonb not null check (jsonb_typeof(steps) = 'array' and steps <> '[]'),
  reason text not null check (reason <> ''),
  status text not null default 'waiting' check (status in
    ('waiting', 'scheduled', 'applied', 'rejected', 'withdrawn', 'expired', 'outdated')),
  requested_by text not null check (requested_by <> ''),
  requested_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  -- The second person; when it is to hold, if not at once.
  agreed_by text,
  agreed_at timestamptz(3),
  applies_at timestamptz(3),
  ended_by text,
  ended_at timestamptz(3),
  end_reason text,
  check (expires_at > requested_at),
  check (status not in ('applied', 'scheduled') or agreed_by is not null),
  check (agreed_by <> requested_by),
  check (status <> 'rejected' or (ended_by is not null and ended_by <> requested_by)),
  check (status <> 'withdrawn' or ended_by is not distinct from requested_by)
);
create index flag_requests_newest on platform.flag_requests (requested_at desc, id desc);
create index flag_requests_open on platform.flag_requests (applies_at, expires_at)
  where status in ('waiting', 'scheduled');
grant select, insert, update on platform.flag_requests to daftari_ops;

create function platform.guard_flag_request() returns trigger language plpgsql as $$
begin
  if not (old.status = 'waiting' and new.status <> 'waiting'
      or old.status = 'scheduled' and new.status not in ('waiting', 'scheduled', 'expired')) then
    raise exception 'a request for flags that is % cannot become %', old.status, new.status
      using errcode = '23514';
  end if;
  if (old.id, old.environment, old.steps, old.reason, old.requested_by, old.requested_at,
      old.expires_at)
    is distinct from (new.id, new.environment, new.steps, new.reason, new.requested_by,
      new.requested_at, new.expires_at)
    or old.agreed_by is not null and (old.agreed_by, old.agreed_at, old.applies_at)
      is distinct from (new.agreed_by, new.agreed_at, new.applies_at) then
    raise exception 'what a request for flags asks for cannot be changed' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger guard before update on platform.flag_requests
  for each row execute function platform.guard_flag_request();
create trigger keep before delete on platform.flag_requests
  for each row execute function platform.refuse_change();
`,
  down: `
drop table platform.flag_requests;
drop function platform.guard_flag_request();
`,
};
