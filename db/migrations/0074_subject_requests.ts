import type { Migration } from './migration.ts';

/**
 * A person asks to be forgotten: who asked for it, who agreed, how far the run is, and in the end a
 * certificate that no longer says who it was. Rows that could not be read and the index of words
 * can be changed from now on, because both hold words about people.
 */
export const subjectRequests: Migration = {
  name: '0074_subject_requests',
  up: String.raw`
create function platform.guard_subject_request() returns trigger
language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.ended_at is not null then
    raise exception 'the record of a request about a person is kept as it is'
      using errcode = '42501';
  end if;
  if (old.tenant_id, old.id, old.pseudonym, old.reason, old.requested_by, old.requested_at)
    is distinct from
    (new.tenant_id, new.id, new.pseudonym, new.reason, new.requested_by, new.requested_at)
    or old.status = 'running' and new.status not in ('running', 'done')
    or new.question_sealed is distinct from old.question_sealed and new.question_sealed is not null
  then
    raise exception 'a request about a person that is % cannot become %', old.status, new.status
      using errcode = '23514';
  end if;
  return new;
end $$;
grant execute on function platform.guard_subject_request() to daftari_app;

create table shared.subject_requests (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  status text not null default 'waiting'
    check (status in ('waiting', 'running', 'done', 'rejected', 'withdrawn')),
  pseudonym text not null check (pseudonym like 'P-%'),
  -- Number and name; forgotten with the decision or with the last row.
  question_sealed text check (question_sealed like 'dft1.%'),
  reason text not null check (length(reason) between 3 and 300),
  requested_by text not null check (requested_by <> ''),
  requested_at timestamptz(3) not null,
  expires_at timestamptz(3) not null check (expires_at > requested_at),
  decided_by text check (decided_by <> ''),
  decided_at timestamptz(3),
  note text check (length(note) <= 300),
  workflow_id text not null,
  -- How far the round is; no position once it is through.
  round integer not null default 0 check (round >= 0),
  position jsonb,
  round_changed integer not null default 0 check (round_changed >= 0),
  round_left integer not null default 0 check (round_left >= 0),
  changed jsonb not null default '{}',
  left_count integer check (left_count >= 0),
  kept_files integer check (kept_files >= 0),
  ended_at timestamptz(3),
  primary key (tenant_id, id),
  check ((status in ('waiting', 'running')) = (question_sealed is not null)),
  check ((status in ('done', 'rejected', 'withdrawn')) = (ended_at is not null)),
  check ((status = 'done') = (left_count is not null and kept_files is not null)),
  check ((status = 'waiting') = (decided_by is null)),
  check ((decided_by is null) = (decided_at is null)),
  -- The rule of two people holds whatever the program does.
  check (status not in ('running', 'done', 'rejected') or decided_by <> requested_by)
);
create index subject_requests_newest
  on shared.subject_requests (tenant_id, requested_at desc, id desc);
-- One wish about a person at a time.
create unique index subject_requests_open on shared.subject_requests (tenant_id, pseudonym)
  where ended_at is null;
call platform.isolate('shared.subject_requests', 'select, insert, update');
create trigger state_machine before update or delete on shared.subject_requests
  for each row execute function platform.guard_subject_request();

grant update on shared.statement_rejects, shared.transaction_words to daftari_app;
`,
  down: String.raw`
revoke update on shared.statement_rejects, shared.transaction_words from daftari_app;
drop table shared.subject_requests;
drop function platform.guard_subject_request();
`,
};
