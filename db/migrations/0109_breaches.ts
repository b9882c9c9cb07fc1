import type { Migration } from './migration.ts';

/** Breaches of personal data: what happened, whose data it is, who was told when, and how it ended. */
export const breaches: Migration = {
  name: '0109_breaches',
  up: `
create table platform.breaches (
  id uuid primary key,
  summary text not null check (length(summary) between 3 and 2000),
  data_kinds text[] not null check (cardinality(data_kinds) > 0),
  is_encrypted boolean not null,
  noticed_at timestamptz(3) not null,
  recorded_by text not null check (recorded_by <> ''),
  recorded_at timestamptz(3) not null,
  closed_at timestamptz(3),
  closed_by text,
  close_reason text check (length(close_reason) between 3 and 2000),
  -- Grows with every change; its run has looked at the one noted beside it, and looks again then.
  version integer not null default 1,
  looked_version integer not null default 0,
  next_look_at timestamptz(3),
  check ((closed_at is null) = (closed_by is null) and (closed_at is null) = (close_reason is null))
);
create index breaches_newest on platform.breaches (recorded_at desc, id desc);
create index breaches_waiting on platform.breaches (next_look_at)
  where closed_at is null or looked_version < version;
grant select, insert, update on platform.breaches to daftari_ops;

create table platform.breach_businesses (
  tenant_id uuid not null references platform.tenants,
  breach_id uuid not null references platform.breaches,
  -- Kept here: the name of a business goes when it closes, and the register stays.
  tenant_name text not null check (tenant_name <> ''),
  -- How many people it is about; null until that is known.
  person_count integer check (person_count >= 0),
  noticed_at timestamptz(3) not null,
  tell_asked_at timestamptz(3),
  tell_asked_by text,
  told_at timestamptz(3),
  authority_told_at timestamptz(3),
  authority_told_by text,
  authority_reference text,
  primary key (tenant_id, breach_id),
  check ((tell_asked_at is null) = (tell_asked_by is null)),
  check (told_at is null or tell_asked_at is not null),
  check ((authority_told_at is null) = (authority_told_by is null)),
  check (authority_reference is null or authority_told_at is not null)
);
create index breach_businesses_breach on platform.breach_businesses (breach_id);
call platform.isolate('platform.breach_businesses', 'select');
create policy operators on platform.breach_businesses to daftari_ops using (true) with check (true);
grant select, insert, update on platform.breach_businesses to daftari_ops;

create table platform.breach_entries (
  breach_id uuid not null references platform.breaches,
  id uuid not null,
  -- The order in which they were noted; several are of one moment.
  seq bigint generated always as identity,
  at timestamptz(3) not null default clock_timestamp(),
  actor text not null check (actor <> ''),
  kind text not null check (kind in ('recorded', 'business', 'count', 'measure', 'tell', 'told',
    'authority', 'reminder', 'closed')),
  -- The business it is about; null when it is about all of them.
  business_id uuid references platform.tenants,
  detail text check (length(detail) between 1 and 2000),
  primary key (breach_id, id)
);
create index breach_entries_order on platform.breach_entries (breach_id, seq);
create unique index breach_reminders on platform.breach_entries (breach_id, business_id, detail)
  where kind = 'reminder';
grant select, insert on platform.breach_entries to daftari_ops;

create function platform.guard_breach() returns trigger language plpgsql as $$
begin
  if (old.id, old.summary, old.data_kinds, old.is_encrypted, old.noticed_at, old.recorded_by,
      old.recorded_at)
    is distinct from (new.id, new.summary, new.data_kinds, new.is_encrypted, new.noticed_at,
      new.recorded_by, new.recorded_at)
    or old.closed_at is not null and (old.closed_at, old.closed_by, old.close_reason, old.version)
      is distinct from (new.closed_at, new.closed_by, new.close_reason, new.version) then
    raise exception 'what is on record of a breach cannot be changed' using errcode = '23514';
  end if;
  return new;
end $$;
create function platform.guard_breach_business() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.breach_id, old.tenant_name, old.noticed_at)
    is distinct from (new.tenant_id, new.breach_id, new.tenant_name, new.noticed_at)
    or old.tell_asked_at is not null and (old.tell_asked_at, old.tell_asked_by)
      is distinct from (new.tell_asked_at, new.tell_asked_by)
    or old.told_at is not null and old.told_at is distinct from new.told_at
    or old.authority_told_at is not null
      and (old.authority_told_at, old.authority_told_by, old.authority_reference)
      is distinct from (new.authority_told_at, new.authority_told_by, new.authority_reference) then
    raise exception 'who was told of a breach when cannot be changed' using errcode = '23514';
  end if;
  return new;
end $$;
create trigger guard before update on platform.breaches
  for each row execute function platform.guard_breach();
create trigger guard before update on platform.breach_businesses
  for each row execute function platform.guard_breach_business();
create trigger keep before delete on platform.breaches
  for each row execute function platform.refuse_change();
create trigger keep before delete on platform.breach_businesses
  for each row execute function platform.refuse_change();
create trigger keep before update or delete on platform.breach_entries
  for each row execute function platform.refuse_change();
`,
  down: `
drop table platform.breach_entries;
drop table platform.breach_businesses;
drop table platform.breaches;
drop function platform.guard_breach();
drop function platform.guard_breach_business();
`,
};
