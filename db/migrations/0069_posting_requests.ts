import type { Migration } from './migration.ts';

/** What somebody wants to post by hand waits here until a second person has decided. */
export const postingRequests: Migration = {
  name: '0069_posting_requests',
  up: `
-- waiting → posted, rejected, withdrawn or expired, once; what was asked for never changes.
create function platform.guard_posting_request() returns trigger
language plpgsql as $$
begin
  if old.status <> 'waiting' or new.status = 'waiting' then
    raise exception 'a posting request that is % cannot become %', old.status, new.status
      using errcode = '23514';
  end if;
  if (old.tenant_id, old.id, old.kind, old.account_id, old.side, old.amount_cents,
      old.transaction_id, old.reason, old.requested_by, old.requested_at, old.expires_at)
    is distinct from (new.tenant_id, new.id, new.kind, new.account_id, new.side, new.amount_cents,
      new.transaction_id, new.reason, new.requested_by, new.requested_at, new.expires_at) then
    raise exception 'what a posting request asks for cannot be changed' using errcode = '23514';
  end if;
  return new;
end $$;

create table shared.posting_requests (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  kind text not null check (kind in ('adjustment', 'reversal')),
  account_id uuid,
  side text check (side in ('in', 'out')),
  amount_cents bigint check (amount_cents > 0),
  transaction_id uuid,
  reason text not null check (length(reason) between 3 and 500),
  status text not null default 'waiting'
    check (status in ('waiting', 'posted', 'rejected', 'withdrawn', 'expired')),
  requested_by text not null check (requested_by <> ''),
  requested_at timestamptz(3) not null,
  expires_at timestamptz(3) not null check (expires_at > requested_at),
  decided_by text check (decided_by <> ''),
  decided_at timestamptz(3),
  note text check (length(note) <= 500),
  posted_id uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, account_id) references shared.ledger_accounts,
  foreign key (tenant_id, transaction_id) references shared.ledger_transactions,
  foreign key (tenant_id, posted_id) references shared.ledger_transactions,
  check (case kind
    when 'adjustment' then num_nonnulls(account_id, side, amount_cents) = 3 and transaction_id is null
    else num_nonnulls(account_id, side, amount_cents) = 0 and transaction_id is not null end),
  check ((status = 'waiting') = (decided_at is null)),
  check ((status = 'waiting') = (decided_by is null)),
  check ((status = 'posted') = (posted_id is not null)),
  -- The rule of two people holds whatever the program does.
  check (status not in ('posted', 'rejected') or decided_by <> requested_by)
);
create index posting_requests_time on shared.posting_requests (tenant_id, requested_at, id);
create index posting_requests_waiting on shared.posting_requests (tenant_id, expires_at)
  where status = 'waiting';
-- A transaction has one opposite, so one wish for it at a time is enough.
create unique index posting_requests_reversal on shared.posting_requests (tenant_id, transaction_id)
  where status = 'waiting' and kind = 'reversal';
call platform.isolate('shared.posting_requests', 'select, insert, update');
create policy operators on shared.posting_requests for select to daftari_ops using (true);
grant select on shared.posting_requests to daftari_ops;
create trigger state_machine before update on shared.posting_requests
  for each row execute function platform.guard_posting_request();

create view ops.posting_request_invariants with (security_invoker = true) as
select 'posting-by-hand-had-two-people' as invariant, x.tenant_id,
  format('transaction %s was posted by hand without a second person', x.id) as detail
from shared.ledger_transactions x
where x.source_kind = 'manual' and x.kind in ('ledger.adjusted', 'ledger.reversed')
  and not exists (
    select from shared.posting_requests r
    where r.tenant_id = x.tenant_id and r.posted_id = x.id and r.decided_by <> r.requested_by);
grant select on ops.posting_request_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.posting_request_invariants;
call ops.rebuild_invariants();
drop table shared.posting_requests;
drop function platform.guard_posting_request();
`,
};
