import type { Migration } from './migration.ts';

/** Failed attempts that outlive Redis, links in e-mails, the mails themselves, and what was seen. */
export const credentials: Migration = {
  name: '0035_credentials',
  up: `
-- Memberships are the same for every isolation tier, so that is where changes are noticed.
drop trigger note_change on shared.members;
create trigger note_change after update or delete on platform.memberships
  for each row execute function platform.note_member_change();

create table platform.attempts (
  kind text not null check (kind in ('account', 'address', 'tenant', 'mail', 'mail-address', 'code')),
  subject bytea not null check (length(subject) = 32),
  count integer not null check (count >= 0),
  first_at timestamptz(3) not null default now(),
  last_at timestamptz(3) not null default now(),
  primary key (kind, subject)
);
create index attempts_age on platform.attempts (last_at);
grant select, insert, update, delete on platform.attempts to daftari_ops;

create table platform.email_links (
  token_hash bytea primary key check (length(token_hash) = 32),
  kind text not null check (kind in ('registration', 'reset')),
  user_id uuid references platform.users,
  details_sealed text,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  check ((kind = 'reset') = (user_id is not null))
);
create index email_links_age on platform.email_links (created_at);
create index email_links_user on platform.email_links (user_id) where user_id is not null;
grant select, insert, update, delete on platform.email_links to daftari_ops;

create table platform.mails (
  id uuid primary key,
  template text not null,
  locale text not null,
  -- Recipient and contents; emptied once the mail is out, because it holds a link that signs in.
  sealed text,
  created_at timestamptz(3) not null default now(),
  available_at timestamptz(3) not null default now(),
  claimed_until timestamptz(3),
  attempts integer not null default 0 check (attempts >= 0),
  sent_at timestamptz(3),
  given_up_at timestamptz(3),
  last_error text,
  check (sealed is not null or sent_at is not null or given_up_at is not null)
);
create index mails_waiting on platform.mails (available_at)
  where sent_at is null and given_up_at is null;
grant insert (id, template, locale, sealed) on platform.mails to daftari_app;
grant select, insert, update, delete on platform.mails to daftari_ops;

create table platform.security_events (
  seq bigint generated always as identity primary key,
  kind text not null,
  account bytea,
  address bytea,
  request_id text,
  at timestamptz(3) not null default now()
);
create index security_events_at on platform.security_events (at);
grant select, insert, delete on platform.security_events to daftari_ops;
`,
  down: `
drop table platform.security_events, platform.mails, platform.email_links, platform.attempts;
drop trigger note_change on platform.memberships;
create trigger note_change after update or delete on shared.members
  for each row execute function platform.note_member_change();
`,
};
