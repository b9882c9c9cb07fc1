import type { Migration } from './migration.ts';

/** Money in: who pays, what was asked for, what was said about it, what arrived and where it went. */
export const collections: Migration = {
  name: '0012_collections',
  up: `
create table shared.customers (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  -- What customers type as account reference; the key is what equal typings have in common.
  reference text not null check (length(reference) between 1 and 20),
  reference_key text not null check (reference_key <> ''),
  name_sealed bytea not null,
  name_tokens bigint[] not null,
  msisdn_sealed bytea,
  msisdn_index bytea,
  msisdn_masked text,
  created_by text not null check (created_by <> ''),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  check ((msisdn_sealed is null) = (msisdn_index is null)),
  check ((msisdn_sealed is null) = (msisdn_masked is null))
);
create unique index customers_reference on shared.customers (tenant_id, reference_key);
create index customers_msisdn on shared.customers (tenant_id, msisdn_index);
create index customers_newest on shared.customers (tenant_id, created_at desc, id desc);
call platform.isolate('shared.customers', 'select, insert, update');

create table shared.payment_links (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  shortcode_id uuid not null,
  customer_id uuid,
  title text not null check (length(title) between 1 and 80),
  reference text not null check (length(reference) between 1 and 12),
  reference_key text not null check (reference_key <> ''),
  -- Null lets the payer choose.
  amount_cents bigint check (amount_cents > 0),
  status text not null default 'open' check (status in ('open', 'paid', 'closed')),
  is_reusable boolean not null default false,
  paid_cents bigint not null default 0 check (paid_cents >= 0),
  paid_count integer not null default 0 check (paid_count >= 0),
  expires_at timestamptz(3),
  created_by text not null check (created_by <> ''),
  created_at timestamptz(3) not null default now(),
  closed_at timestamptz(3),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references shared.customers,
  check (is_reusable or amount_cents is not null)
);
create index payment_links_newest on shared.payment_links (tenant_id, created_at desc, id desc);
create index payment_links_reference on shared.payment_links (tenant_id, reference_key);
call platform.isolate('shared.payment_links', 'select, insert, update');
create policy operators on shared.payment_links for select to daftari_ops using (true);
grant select (tenant_id, id, status, amount_cents, paid_cents, is_reusable)
  on shared.payment_links to daftari_ops;

create table shared.collection_batches (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  shortcode_id uuid not null,
  file_name text not null check (length(file_name) between 1 and 200),
  status text not null default 'draft'
    check (status in ('draft', 'running', 'done', 'cancelled')),
  row_count integer not null check (row_count >= 0),
  bad_row_count integer not null check (bad_row_count between 0 and row_count),
  amount_cents bigint not null check (amount_cents >= 0),
  workflow_id text not null,
  created_by text not null check (created_by <> ''),
  created_at timestamptz(3) not null default now(),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id)
);
create index collection_batches_newest
  on shared.collection_batches (tenant_id, created_at desc, id desc);
call platform.isolate('shared.collection_batches', 'select, insert, update');

create table shared.collections (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  shortcode_id uuid not null,
  source text not null check (source in ('api', 'payment-link', 'batch', 'invoice')),
  customer_id uuid,
  payment_link_id uuid,
  batch_id uuid,
  status text not null default 'requested' check (status in (
    'requested', 'sending', 'prompted', 'paid', 'refused', 'expired', 'cancelled', 'unknown')),
  amount_cents bigint not null check (amount_cents > 0 and amount_cents % 100 = 0),
  msisdn_sealed bytea not null,
  msisdn_index bytea not null,
  msisdn_masked text not null,
  account_reference text not null check (length(account_reference) between 1 and 12),
  reference_key text not null,
  description text not null check (length(description) between 1 and 13),
  merchant_request_id text,
  checkout_request_id text,
  result_code text,
  result_detail text,
  receipt text,
  paid_cents bigint check (paid_cents > 0),
  paid_at timestamptz(3),
  -- Paid after it had ended otherwise.
  is_late boolean not null default false,
  disagreements text[] not null default '{}',
  ledger_transaction_id uuid,
  ask_count integer not null default 0 check (ask_count >= 0),
  sent_at timestamptz(3),
  resolves_by timestamptz(3),
  handed_over_at timestamptz(3),
  workflow_id text not null,
  created_by text not null check (created_by <> ''),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references shared.customers,
  foreign key (tenant_id, payment_link_id) references shared.payment_links,
  foreign key (tenant_id, batch_id) references shared.collection_batches,
  check ((status = 'paid') = (paid_at is not null)),
  check ((status = 'paid') = (paid_cents is not null)),
  check (status = 'paid' or receipt is null)
);
create index collections_newest on shared.collections (tenant_id, created_at desc, id desc);
create unique index collections_checkout on shared.collections (tenant_id, checkout_request_id)
  where checkout_request_id is not null;
create index collections_receipt on shared.collections (tenant_id, receipt)
  where receipt is not null;
create index collections_reference on shared.collections (tenant_id, reference_key, created_at);
create index collections_msisdn on shared.collections (tenant_id, msisdn_index, created_at);
create index collections_unpaid on shared.collections (tenant_id, amount_cents, created_at)
  where status <> 'paid';
create index collections_batch on shared.collections (tenant_id, batch_id)
  where batch_id is not null;
create index collections_link on shared.collections (tenant_id, payment_link_id)
  where payment_link_id is not null;
call platform.isolate('shared.collections', 'select, insert, update');
create policy operators on shared.collections for select to daftari_ops using (true);
grant select (tenant_id, id, shortcode_id, status, amount_cents, receipt, paid_cents,
  ledger_transaction_id, resolves_by, sent_at, handed_over_at, updated_at)
  on shared.collections to daftari_ops;

-- Everything that was ever said about a collection; a repeat is the same row.
create table shared.collection_witnesses (
  tenant_id uuid not null,
  id uuid not null default platform.uuid_v7(),
  collection_id uuid not null,
  kind text not null
    check (kind in ('statement', 'pull', 'status', 'c2b', 'callback', 'query')),
  outcome text not null check (outcome in ('paid', 'failed', 'pending', 'unclear')),
  code text,
  detail text,
  receipt text,
  amount_cents bigint check (amount_cents > 0),
  body_hash bytea not null check (length(body_hash) = 32),
  callback_id uuid,
  occurred_at timestamptz(3),
  observed_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, collection_id) references shared.collections
);
create unique index collection_witnesses_once
  on shared.collection_witnesses (tenant_id, collection_id, kind, body_hash);
call platform.isolate('shared.collection_witnesses', 'select, insert');
create trigger append_only before update or delete on shared.collection_witnesses
  for each row execute function platform.refuse_change();
create policy operators on shared.collection_witnesses for select to daftari_ops using (true);
grant select (tenant_id, id, collection_id, kind, outcome, receipt)
  on shared.collection_witnesses to daftari_ops;

-- What happened, in order, as people and live screens follow it.
create table shared.collection_events (
  tenant_id uuid not null,
  collection_id uuid not null,
  seq integer not null check (seq > 0),
  type text not null check (type <> ''),
  data jsonb not null,
  at timestamptz(3) not null default now(),
  primary key (tenant_id, collection_id, seq),
  foreign key (tenant_id, collection_id) references shared.collections
);
call platform.isolate('shared.collection_events', 'select, insert');
create trigger append_only before update or delete on shared.collection_events
  for each row execute function platform.refuse_change();

create table shared.collection_batch_rows (
  tenant_id uuid not null,
  batch_id uuid not null,
  row_number integer not null check (row_number > 0),
  -- Null for a row that can be sent.
  problem text,
  amount_cents bigint check (amount_cents > 0),
  msisdn_masked text,
  -- The row as uploaded: number, reference, description.
  sealed bytea not null,
  collection_id uuid,
  primary key (tenant_id, batch_id, row_number),
  foreign key (tenant_id, batch_id) references shared.collection_batches,
  foreign key (tenant_id, collection_id) references shared.collections,
  check (problem is null or collection_id is null)
);
call platform.isolate('shared.collection_batch_rows', 'select, insert, update');

-- Money that arrived, one row for each receipt, however many witnesses tell of it.
create table shared.received_payments (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  shortcode_id uuid not null,
  receipt text not null check (receipt <> ''),
  source text not null check (source in ('c2b', 'pull', 'statement', 'stk')),
  transaction_type text,
  amount_cents bigint not null check (amount_cents > 0),
  allocated_cents bigint not null default 0
    check (allocated_cents between 0 and amount_cents),
  state text not null default 'received' check (state in (
    'received', 'linked', 'allocated', 'part-allocated', 'unallocated')),
  reason text not null default 'no-match',
  -- The typed reference, the payer's number as given and names.
  sealed bytea not null,
  reference_index bytea,
  payer_index bytea,
  msisdn_masked text,
  collection_id uuid,
  workflow_id text not null,
  occurred_at timestamptz(3) not null,
  received_at timestamptz(3) not null default now(),
  ledger_transaction_id uuid,
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id),
  foreign key (tenant_id, collection_id) references shared.collections,
  check ((state = 'linked') = (collection_id is not null)),
  check (state <> 'allocated' or allocated_cents = amount_cents),
  check (state <> 'unallocated' or allocated_cents = 0)
);
create unique index received_payments_receipt
  on shared.received_payments (tenant_id, shortcode_id, receipt);
create index received_payments_newest
  on shared.received_payments (tenant_id, received_at desc, id desc);
create index received_payments_waiting
  on shared.received_payments (tenant_id, received_at, id)
  where state in ('received', 'unallocated', 'part-allocated');
create index received_payments_payer on shared.received_payments (tenant_id, payer_index)
  where payer_index is not null;
call platform.isolate('shared.received_payments', 'select, insert, update');
create policy operators on shared.received_payments for select to daftari_ops using (true);
grant select (tenant_id, id, shortcode_id, receipt, amount_cents, allocated_cents, state,
  collection_id, received_at, ledger_transaction_id) on shared.received_payments to daftari_ops;

create table shared.allocations (
  tenant_id uuid not null,
  id uuid not null default platform.uuid_v7(),
  received_payment_id uuid not null,
  target_kind text not null
    check (target_kind in ('collection', 'payment-link', 'customer', 'refund')),
  target_id uuid not null,
  amount_cents bigint not null check (amount_cents > 0),
  reason text not null,
  actor text not null check (actor <> ''),
  ledger_transaction_id uuid,
  at timestamptz(3) not null default now(),
  undone_at timestamptz(3),
  undone_by text,
  primary key (tenant_id, id),
  foreign key (tenant_id, received_payment_id) references shared.received_payments,
  check ((undone_at is null) = (undone_by is null))
);
create index allocations_payment on shared.allocations (tenant_id, received_payment_id);
create index allocations_target on shared.allocations (tenant_id, target_id)
  where undone_at is null;
call platform.isolate('shared.allocations', 'select, insert, update');
create policy operators on shared.allocations for select to daftari_ops using (true);
grant select (tenant_id, id, received_payment_id, target_kind, target_id, amount_cents, undone_at)
  on shared.allocations to daftari_ops;

-- Where people put a reference of a payer: the desk guesses better next time.
create table shared.reference_lessons (
  tenant_id uuid not null references platform.tenants,
  reference_index bytea not null,
  payer_index bytea not null,
  target_kind text not null check (target_kind in ('payment-link', 'customer')),
  target_id uuid not null,
  times integer not null default 1 check (times > 0),
  taught_at timestamptz(3) not null default now(),
  primary key (tenant_id, reference_index, payer_index, target_kind, target_id)
);
call platform.isolate('shared.reference_lessons', 'select, insert, update');

create table shared.refund_requests (
  tenant_id uuid not null,
  id uuid not null,
  received_payment_id uuid not null,
  amount_cents bigint not null check (amount_cents > 0),
  why text not null check (length(why) between 1 and 200),
  status text not null default 'requested'
    check (status in ('requested', 'withdrawn', 'sent', 'done', 'failed')),
  disbursement_id uuid,
  actor text not null check (actor <> ''),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, received_payment_id) references shared.received_payments
);
create index refund_requests_payment
  on shared.refund_requests (tenant_id, received_payment_id);
call platform.isolate('shared.refund_requests', 'select, insert, update');

create view ops.collection_invariants with (security_invoker = true) as
-- Whatever was paid is in the ledger once, and nothing else is.
select 'paid-collection-is-in-the-ledger' as invariant, tenant_id,
  format('collection %s is %s and its ledger transaction is %s', id, status,
    coalesce(ledger_transaction_id::text, 'missing')) as detail
from shared.collections
where (status = 'paid') <> (ledger_transaction_id is not null)

union all
-- A payment is believed by some witness, and what a witness saw paid is paid.
select 'paid-collection-has-a-witness', c.tenant_id,
  format('collection %s is %s, a witness of its payment: %s', c.id, c.status, w.id is not null)
from shared.collections c
left join lateral (
  select id from shared.collection_witnesses w
  where w.tenant_id = c.tenant_id and w.collection_id = c.id and w.outcome = 'paid' limit 1
) w on true
where (c.status = 'paid') <> (w.id is not null)
  and c.updated_at < now() - interval '1 minute'

union all
select 'receipt-pays-one-collection', tenant_id,
  format('receipt %s of shortcode %s pays %s collections', receipt, shortcode_id, count(*))
from shared.collections
where receipt is not null
group by tenant_id, shortcode_id, receipt
having count(*) > 1

union all
-- What is allocated is what the allocations in force add up to.
select 'allocations-equal-the-payment', r.tenant_id,
  format('received payment %s says %s allocated, its allocations %s', r.id, r.allocated_cents,
    coalesce(a.cents, 0))
from shared.received_payments r
left join (
  select tenant_id, received_payment_id, sum(amount_cents)::bigint as cents
  from shared.allocations where undone_at is null group by 1, 2
) a on a.tenant_id = r.tenant_id and a.received_payment_id = r.id
where r.allocated_cents <> coalesce(a.cents, 0)

union all
select 'received-payment-is-in-the-ledger', tenant_id,
  format('received payment %s is %s without a ledger transaction', id, state)
from shared.received_payments
where state <> 'received' and ledger_transaction_id is null

union all
-- Nothing waits without anybody knowing.
select 'collection-is-resolved-or-handed-over', tenant_id,
  format('collection %s is %s since %s', id, status, sent_at)
from shared.collections
where status in ('sending', 'prompted', 'unknown') and handed_over_at is null
  and sent_at < now() - interval '25 hours';

grant select on ops.collection_invariants to daftari_ops;
do $$ begin
  if to_regprocedure('ops.rebuild_invariants()') is not null then call ops.rebuild_invariants(); end if;
end $$;
`,
  down: `
drop view ops.collection_invariants cascade;
do $$ begin
  if to_regprocedure('ops.rebuild_invariants()') is not null then call ops.rebuild_invariants(); end if;
end $$;
drop table shared.refund_requests, shared.reference_lessons, shared.allocations,
  shared.received_payments, shared.collection_batch_rows, shared.collection_events,
  shared.collection_witnesses, shared.collections, shared.collection_batches,
  shared.payment_links, shared.customers;
`,
};
