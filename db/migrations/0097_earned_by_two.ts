import type { Migration } from './migration.ts';

/** What a customer has in credit becomes revenue the way of every posting by hand: by two people. */
export const earnedByTwo: Migration = {
  name: '0097_earned_by_two',
  up: `
call platform.in_every_schema($do$
  alter table {schema}.posting_requests
    add column customer_id uuid,
    add column shortcode_id uuid,
    add constraint posting_requests_customer_fkey
      foreign key (tenant_id, customer_id) references {schema}.customers,
    add constraint posting_requests_shortcode_fkey
      foreign key (tenant_id, shortcode_id) references {schema}.shortcodes,
    drop constraint posting_requests_kind_check,
    drop constraint posting_requests_check1,
    add constraint posting_requests_kind_check
      check (kind in ('adjustment', 'reversal', 'earning')),
    add constraint posting_requests_wish_check check (case kind
      when 'adjustment' then num_nonnulls(account_id, side, amount_cents) = 3
        and num_nonnulls(transaction_id, customer_id, shortcode_id) = 0
      when 'reversal' then transaction_id is not null
        and num_nonnulls(account_id, side, amount_cents, customer_id, shortcode_id) = 0
      else num_nonnulls(customer_id, shortcode_id, amount_cents) = 3
        and num_nonnulls(account_id, side, transaction_id) = 0 end);
$do$);

create or replace function platform.guard_posting_request() returns trigger
language plpgsql as $$
begin
  if old.status <> 'waiting' or new.status = 'waiting' then
    raise exception 'a posting request that is % cannot become %', old.status, new.status
      using errcode = '23514';
  end if;
  if (old.tenant_id, old.id, old.kind, old.account_id, old.side, old.amount_cents,
      old.transaction_id, old.customer_id, old.shortcode_id, old.reason, old.requested_by,
      old.requested_at, old.expires_at)
    is distinct from (new.tenant_id, new.id, new.kind, new.account_id, new.side, new.amount_cents,
      new.transaction_id, new.customer_id, new.shortcode_id, new.reason, new.requested_by,
      new.requested_at, new.expires_at) then
    raise exception 'what a posting request asks for cannot be changed' using errcode = '23514';
  end if;
  return new;
end $$;

create or replace view ops.posting_request_invariants with (security_invoker = true) as
select 'posting-by-hand-had-two-people' as invariant, x.tenant_id,
  format('transaction %s was posted by hand without a second person', x.id) as detail
from shared.ledger_transactions x
where x.source_kind = 'manual'
  and x.kind in ('ledger.adjusted', 'ledger.reversed', 'credit.earned')
  and not exists (
    select from shared.posting_requests r
    where r.tenant_id = x.tenant_id and r.posted_id = x.id and r.decided_by <> r.requested_by);
`,
  down: `
create or replace view ops.posting_request_invariants with (security_invoker = true) as
select 'posting-by-hand-had-two-people' as invariant, x.tenant_id,
  format('transaction %s was posted by hand without a second person', x.id) as detail
from shared.ledger_transactions x
where x.source_kind = 'manual' and x.kind in ('ledger.adjusted', 'ledger.reversed')
  and not exists (
    select from shared.posting_requests r
    where r.tenant_id = x.tenant_id and r.posted_id = x.id and r.decided_by <> r.requested_by);

create or replace function platform.guard_posting_request() returns trigger
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

call platform.in_every_schema($do$
  delete from {schema}.posting_requests where kind = 'earning';
  alter table {schema}.posting_requests
    drop constraint posting_requests_wish_check,
    drop constraint posting_requests_kind_check,
    drop column customer_id,
    drop column shortcode_id,
    add constraint posting_requests_kind_check check (kind in ('adjustment', 'reversal')),
    add constraint posting_requests_check1 check (case kind
      when 'adjustment' then num_nonnulls(account_id, side, amount_cents) = 3
        and transaction_id is null
      else num_nonnulls(account_id, side, amount_cents) = 0 and transaction_id is not null end);
$do$);
`,
};
