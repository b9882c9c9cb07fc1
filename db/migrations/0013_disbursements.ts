import type { Migration } from './migration.ts';

const kinds = `'business-payment', 'salary-payment', 'promotion-payment', 'pochi', 'pay-bill',
  'buy-goods', 'tax', 'reversal'`;
const statuses = `'requested', 'awaiting-approval', 'reserved', 'sending', 'accepted', 'unknown',
  'paid', 'refused', 'cancelled', 'expired'`;
const limitKinds = `'per-transaction', 'per-day', 'per-month', 'payee-day', 'approval-above'`;

/** Money out: payouts, bulk, reversals, limits, tariffs, balances and what the provider said. */
export const disbursements: Migration = {
  name: '0013_disbursements',
  up: `
create table shared.payout_batches (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  shortcode_id uuid not null,
  kind text not null check (kind in (${kinds})),
  name text not null check (name <> ''),
  source text not null check (source in ('api', 'csv', 'xlsx')),
  status text not null default 'draft' check (status in ('draft', 'awaiting-approval', 'running',
    'finished', 'rejected', 'cancelled', 'expired')),
  row_count integer not null check (row_count between 1 and 1000),
  error_count integer not null check (error_count between 0 and row_count),
  total_cents bigint not null check (total_cents >= 0),
  round integer not null default 0 check (round >= 0),
  requested_by text not null check (requested_by <> ''),
  submitted_by text,
  approved_by text,
  reason text,
  workflow_id text not null,
  created_at timestamptz(3) not null default now(),
  submitted_at timestamptz(3),
  approved_at timestamptz(3),
  finished_at timestamptz(3),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id),
  check (approved_by is null or (approved_by <> requested_by
    and approved_by is distinct from submitted_by))
);
create index payout_batches_newest on shared.payout_batches (tenant_id, created_at desc, id desc);
call platform.isolate('shared.payout_batches', 'select, insert, update');

create table shared.disbursements (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  kind text not null check (kind in (${kinds})),
  purpose text not null default 'payout' check (purpose in ('payout', 'refund')),
  shortcode_id uuid not null,
  status text not null default 'requested' check (status in (${statuses})),
  amount_cents bigint not null check (amount_cents > 0 and amount_cents % 100 = 0),
  charge_cents bigint not null check (charge_cents >= 0),
  payee_sealed bytea not null,
  payee_index bytea not null,
  payee_masked text not null,
  reference_index bytea,
  batch_id uuid,
  batch_row integer,
  subject_id uuid,
  requested_by text not null check (requested_by <> ''),
  approval_reasons jsonb not null default '[]',
  approved_by text,
  originator_id text not null,
  -- Business payments and reversals are given an id by the provider; ours is not asked for.
  provider_originator_id text,
  conversation_id text,
  -- Raised when the sending begins, lowered only when it is certain that nothing left us.
  sends integer not null default 0 check (sends in (0, 1)),
  receipt text check (receipt <> ''),
  is_disputed boolean not null default false,
  needs_attention boolean not null default false,
  refusal_code text,
  provider_code text,
  refusal_detail text,
  workflow_id text not null,
  timeline jsonb not null default '[]',
  created_at timestamptz(3) not null default now(),
  sent_at timestamptz(3),
  finished_at timestamptz(3),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id),
  unique (tenant_id, originator_id),
  foreign key (tenant_id, batch_id) references shared.payout_batches,
  check (approved_by is null or approved_by <> requested_by),
  check ((status = 'paid') = (receipt is not null)),
  check (status not in ('refused', 'expired', 'cancelled') or refusal_code is not null),
  check (status not in ('sending', 'accepted', 'unknown', 'paid') or sends = 1)
);
create unique index disbursements_receipt
  on shared.disbursements (tenant_id, shortcode_id, receipt) where receipt is not null;
create index disbursements_newest on shared.disbursements (tenant_id, created_at desc, id desc);
create index disbursements_payee
  on shared.disbursements (tenant_id, payee_index, created_at desc);
create index disbursements_batch
  on shared.disbursements (tenant_id, batch_id, batch_row) where batch_id is not null;
create index disbursements_reference
  on shared.disbursements (tenant_id, reference_index) where reference_index is not null;
call platform.isolate('shared.disbursements', 'select, insert, update');
create policy operators on shared.disbursements for select to daftari_ops using (true);
grant select (tenant_id, id, status, amount_cents, charge_cents, sends, receipt, batch_id,
  batch_row, workflow_id, created_at, sent_at, finished_at)
  on shared.disbursements to daftari_ops;

-- What anybody said about a payout or a reversal; it is added to and never changed.
create table shared.payout_evidence (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  subject_id uuid not null,
  source text not null check (source in ('answer', 'result', 'timeout', 'status')),
  -- What makes the same word said twice one word: the callback, or the question it answers.
  fingerprint text not null check (fingerprint <> ''),
  evidence jsonb not null,
  at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, subject_id, source, fingerprint)
);
call platform.isolate('shared.payout_evidence', 'select, insert');
create trigger append_only before update or delete on shared.payout_evidence
  for each row execute function platform.refuse_change();

-- Questions to the provider whose answers come by callback.
create table shared.provider_queries (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  kind text not null check (kind in ('status', 'balance')),
  shortcode_id uuid not null,
  subject_kind text not null
    check (subject_kind in ('disbursement', 'receipt', 'shortcode')),
  subject_id uuid not null,
  receipt text,
  asked_by text not null,
  asked_at timestamptz(3) not null default now(),
  answered_at timestamptz(3),
  answer jsonb,
  primary key (tenant_id, id),
  check ((answered_at is null) = (answer is null))
);
create index provider_queries_subject
  on shared.provider_queries (tenant_id, subject_id, asked_at desc);
call platform.isolate('shared.provider_queries', 'select, insert, update');

create table shared.payout_batch_rows (
  tenant_id uuid not null references platform.tenants,
  batch_id uuid not null,
  ordinal integer not null check (ordinal > 0),
  row_sealed bytea not null,
  payee_masked text not null,
  amount_cents bigint,
  problem text,
  problem_detail text,
  disbursement_id uuid,
  primary key (tenant_id, batch_id, ordinal),
  foreign key (tenant_id, batch_id) references shared.payout_batches,
  foreign key (tenant_id, disbursement_id) references shared.disbursements,
  check (problem is not null or amount_cents > 0),
  check (problem is null or disbursement_id is null)
);
call platform.isolate('shared.payout_batch_rows', 'select, insert, update');
create policy operators on shared.payout_batches for select to daftari_ops using (true);
grant select (tenant_id, id, status, row_count, error_count, total_cents, round)
  on shared.payout_batches to daftari_ops;
create policy operators on shared.payout_batch_rows for select to daftari_ops using (true);
grant select (tenant_id, batch_id, ordinal, amount_cents, problem, disbursement_id)
  on shared.payout_batch_rows to daftari_ops;

-- How much of a received payment was given back; locked by whoever gives more back.
create table shared.refund_totals (
  tenant_id uuid not null references platform.tenants,
  shortcode_id uuid not null,
  receipt text not null check (receipt <> ''),
  original_cents bigint not null check (original_cents > 0),
  refunded_cents bigint not null default 0
    check (refunded_cents between 0 and original_cents),
  primary key (tenant_id, shortcode_id, receipt)
);
call platform.isolate('shared.refund_totals', 'select, insert, update');
create policy operators on shared.refund_totals for select to daftari_ops using (true);
grant select on shared.refund_totals to daftari_ops;

-- Giving a received payment back: by M-PESA's own reversal, or by a payout. The movement itself is
-- a disbursement, and its standing is that of the refund.
create table shared.reversals (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  shortcode_id uuid not null,
  collection_id uuid,
  method text not null check (method in ('reversal', 'payout')),
  disbursement_id uuid not null,
  original_receipt text not null check (original_receipt <> ''),
  original_cents bigint not null check (original_cents > 0),
  amount_cents bigint not null check (amount_cents > 0 and amount_cents % 100 = 0),
  reason text not null,
  requested_by text not null check (requested_by <> ''),
  -- Counted in refund_totals: true until its payout ended without paying.
  is_counted boolean not null default true,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, disbursement_id),
  foreign key (tenant_id, disbursement_id) references shared.disbursements
);
create index reversals_original
  on shared.reversals (tenant_id, shortcode_id, original_receipt);
create index reversals_newest on shared.reversals (tenant_id, created_at desc, id desc);
call platform.isolate('shared.reversals', 'select, insert, update');
create policy operators on shared.reversals for select to daftari_ops using (true);
grant select (tenant_id, id, shortcode_id, original_receipt, amount_cents, is_counted,
  disbursement_id) on shared.reversals to daftari_ops;

create table shared.limit_settings (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  kind text not null check (kind in (${limitKinds})),
  amount_cents bigint not null check (amount_cents >= 0),
  effective_from date not null,
  expires_on date,
  status text not null check (status in ('proposed', 'active', 'rejected')),
  is_raise boolean not null,
  reason text not null default '',
  proposed_by text not null check (proposed_by <> ''),
  decided_by text,
  created_at timestamptz(3) not null default now(),
  decided_at timestamptz(3),
  primary key (tenant_id, id),
  check (expires_on is null or expires_on > effective_from),
  check (not is_raise or status = 'proposed' or decided_by is distinct from proposed_by)
);
create index limit_settings_newest on shared.limit_settings (tenant_id, created_at desc, id desc);
call platform.isolate('shared.limit_settings', 'select, insert, update');

create table shared.limit_usage (
  tenant_id uuid not null references platform.tenants,
  kind text not null check (kind in ('per-day', 'per-month', 'payee-day')),
  period text not null,
  payee_key text not null default '',
  used_cents bigint not null check (used_cents >= 0),
  primary key (tenant_id, kind, period, payee_key)
);
call platform.isolate('shared.limit_usage', 'select, insert, update');
create policy operators on shared.limit_usage for select to daftari_ops using (true);
grant select on shared.limit_usage to daftari_ops;

create table shared.limit_holds (
  tenant_id uuid not null references platform.tenants,
  reference text not null check (reference <> ''),
  amount_cents bigint not null check (amount_cents > 0),
  day date not null,
  payee_key text not null,
  state text not null default 'held' check (state in ('held', 'consumed', 'released')),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, reference)
);
call platform.isolate('shared.limit_holds', 'select, insert, update');
create policy operators on shared.limit_holds for select to daftari_ops using (true);
grant select on shared.limit_holds to daftari_ops;

create table shared.shortcode_balances (
  tenant_id uuid not null references platform.tenants,
  query_id uuid not null,
  shortcode_id uuid not null,
  account text not null check (account <> ''),
  current_cents bigint not null,
  available_cents bigint not null,
  reserved_cents bigint not null,
  uncleared_cents bigint not null,
  at timestamptz(3) not null,
  primary key (tenant_id, query_id, account),
  foreign key (tenant_id, query_id) references shared.provider_queries
);
create index shortcode_balances_newest
  on shared.shortcode_balances (tenant_id, shortcode_id, at desc);
call platform.isolate('shared.shortcode_balances', 'select, insert');

create table shared.balance_watches (
  tenant_id uuid not null references platform.tenants,
  shortcode_id uuid not null,
  account text not null check (account <> ''),
  below_cents bigint not null check (below_cents >= 0),
  is_low boolean not null default false,
  set_by text not null,
  primary key (tenant_id, shortcode_id, account)
);
call platform.isolate('shared.balance_watches', 'select, insert, update, delete');

-- Published tariffs are the provider's, the same for every tenant; a circular adds rows.
create table platform.tariff_bands (
  product text not null,
  effective_from date not null,
  effective_to date check (effective_to > effective_from),
  source text not null check (source <> ''),
  from_cents bigint not null check (from_cents >= 0),
  to_cents bigint not null check (to_cents >= from_cents),
  charge_cents bigint not null check (charge_cents >= 0),
  basis_points integer not null default 0 check (basis_points between 0 and 10000),
  cap_cents bigint check (cap_cents >= 0),
  primary key (product, effective_from, from_cents)
);
grant select on platform.tariff_bands to daftari_app, daftari_ops;

insert into platform.tariff_bands
  (product, effective_from, source, from_cents, to_cents, charge_cents)
select p.product, date '2024-01-01', 'M-PESA pay bill tariff 2024-2025', b.low * 100,
  b.high * 100, case p.product
    when 'pay-bill-mgao-customer' then b.customer
    when 'pay-bill-mgao-business' then b.business
    else b.customer + b.business end * 100
from (values
  (1, 100, 0, 0), (101, 500, 5, 0), (501, 1000, 10, 0), (1001, 1500, 10, 5),
  (1501, 2500, 13, 7), (2501, 3500, 16, 9), (3501, 5000, 16, 18), (5001, 7500, 17, 25),
  (7501, 10000, 18, 30), (10001, 15000, 18, 39), (15001, 20000, 19, 43), (20001, 25000, 20, 47),
  (25001, 30000, 20, 52), (30001, 35000, 21, 62), (35001, 40000, 23, 76), (40001, 45000, 23, 80),
  (45001, 250000, 24, 84)
) b (low, high, customer, business)
cross join (values ('pay-bill-mgao-customer'), ('pay-bill-mgao-business'),
  ('pay-bill-business-bouquet'), ('pay-bill-customer-bouquet')) p (product);

insert into platform.tariff_bands
  (product, effective_from, source, from_cents, to_cents, charge_cents, basis_points, cap_cents)
values
  ('b2c', '2023-08-01', 'M-PESA B2C tariff August 2023', 100, 10000, 0, 0, null),
  ('b2c', '2023-08-01', 'M-PESA B2C tariff August 2023', 10100, 150000, 500, 0, null),
  ('b2c', '2023-08-01', 'M-PESA B2C tariff August 2023', 150100, 500000, 900, 0, null),
  ('b2c', '2023-08-01', 'M-PESA B2C tariff August 2023', 500100, 2000000, 1100, 0, null),
  ('b2c', '2023-08-01', 'M-PESA B2C tariff August 2023', 2000100, 25000000, 1300, 0, null),
  ('till-merchant', '2024-01-01', 'M-PESA buy goods tariff', 100, 20000, 0, 0, null),
  ('till-merchant', '2024-01-01', 'M-PESA buy goods tariff', 20001, 25000000, 0, 55, 20000);

insert into platform.tariff_bands
  (product, effective_from, source, from_cents, to_cents, charge_cents)
select 'send-money', date '2024-01-01', 'M-PESA customer tariff 2024-2025', low * 100, high * 100,
  send * 100
from (values
  (1, 49, 0), (50, 100, 0), (101, 500, 7), (501, 1000, 13), (1001, 1500, 23), (1501, 2500, 33),
  (2501, 3500, 53), (3501, 5000, 57), (5001, 7500, 78), (7501, 10000, 90), (10001, 15000, 100),
  (15001, 20000, 105), (20001, 35000, 108), (35001, 50000, 108), (50001, 250000, 108)
) b (low, high, send);

insert into platform.tariff_bands
  (product, effective_from, source, from_cents, to_cents, charge_cents)
select 'agent-withdrawal', date '2024-01-01', 'M-PESA customer tariff 2024-2025', low * 100,
  high * 100, fee * 100
from (values
  (50, 100, 11), (101, 500, 29), (501, 1000, 29), (1001, 1500, 29), (1501, 2500, 29),
  (2501, 3500, 52), (3501, 5000, 69), (5001, 7500, 87), (7501, 10000, 115), (10001, 15000, 167),
  (15001, 20000, 185), (20001, 35000, 197), (35001, 50000, 278), (50001, 250000, 309)
) b (low, high, fee);

create view ops.disbursement_invariants with (security_invoker = true) as
select 'payout-paid-is-posted-once' as invariant, d.tenant_id,
  format('payout %s is %s and has %s postings', d.id, d.status, coalesce(x.n, 0)) as detail
from shared.disbursements d
left join (
  select tenant_id, source_id, count(*) as n from shared.ledger_transactions
  where kind in ('disbursement.paid', 'collection.reversed') and reverses is null
  group by 1, 2
) x on x.tenant_id = d.tenant_id and x.source_id = d.id::text
where coalesce(x.n, 0) <> case d.status when 'paid' then 1 else 0 end

union all
select 'payout-hold-follows-its-status', d.tenant_id,
  format('payout %s is %s: limits %s, money %s', d.id, d.status, coalesce(h.state, 'none'),
    coalesce(r.status, 'none'))
from shared.disbursements d
left join shared.limit_holds h
  on h.tenant_id = d.tenant_id and h.reference = 'disbursement/' || d.id
left join shared.ledger_reservations r
  on r.tenant_id = d.tenant_id and r.reference = 'disbursement/' || d.id
where case
  when d.status = 'requested' then coalesce(h.state, 'held') <> 'held'
    or coalesce(r.status, 'open') <> 'open'
  when d.status = 'paid' then h.state is distinct from 'consumed' or r.status = 'open'
  when d.status in ('refused', 'cancelled', 'expired') then
    coalesce(h.state, 'released') <> 'released' or coalesce(r.status, 'voided') in
    ('open', 'committed')
  else h.state is distinct from 'held' or r.status is distinct from 'open' end

union all
select 'limit-usage-equals-holds', coalesce(u.tenant_id, h.tenant_id),
  format('%s %s: %s used, %s held or consumed', coalesce(u.kind, h.kind),
    coalesce(u.period, h.period), coalesce(u.used_cents, 0), coalesce(h.cents, 0))
from shared.limit_usage u
full join (
  select x.tenant_id, w.kind, w.period, w.payee_key, sum(x.amount_cents) as cents
  from shared.limit_holds x
  cross join lateral (values ('per-day', x.day::text, ''),
    ('per-month', to_char(x.day, 'YYYY-MM'), ''), ('payee-day', x.day::text, x.payee_key)
  ) w (kind, period, payee_key)
  where x.state <> 'released' group by 1, 2, 3, 4
) h on h.tenant_id = u.tenant_id and h.kind = u.kind and h.period = u.period
  and h.payee_key = u.payee_key
where coalesce(u.used_cents, 0) <> coalesce(h.cents, 0)

union all
select 'batch-equals-its-rows', b.tenant_id,
  format('batch %s: says %s rows, %s errors, %s cents; has %s, %s, %s', b.id, b.row_count,
    b.error_count, b.total_cents, coalesce(r.n, 0), coalesce(r.errors, 0), coalesce(r.cents, 0))
from shared.payout_batches b
left join (
  select tenant_id, batch_id, count(*) as n, count(problem) as errors,
    coalesce(sum(amount_cents) filter (where problem is null), 0) as cents
  from shared.payout_batch_rows group by 1, 2
) r on r.tenant_id = b.tenant_id and r.batch_id = b.id
where (b.row_count, b.error_count, b.total_cents)
  is distinct from (r.n::integer, r.errors::integer, r.cents::bigint)

union all
select 'batch-row-is-paid-once', d.tenant_id,
  format('row %s of batch %s: %s payouts paid or under way', d.batch_row, d.batch_id, count(*))
from shared.disbursements d
where d.batch_id is not null and d.status not in ('refused', 'cancelled', 'expired')
group by d.tenant_id, d.batch_id, d.batch_row having count(*) > 1

union all
select 'batch-row-equals-its-payout', r.tenant_id,
  format('row %s of batch %s: %s cents, its payout %s', r.ordinal, r.batch_id, r.amount_cents,
    d.amount_cents)
from shared.payout_batch_rows r
join shared.disbursements d on d.tenant_id = r.tenant_id and d.id = r.disbursement_id
where d.amount_cents <> r.amount_cents

union all
select 'refunds-fit-their-receipt', t.tenant_id,
  format('receipt %s: %s of %s cents given back, counted refunds %s', t.receipt,
    t.refunded_cents, t.original_cents, coalesce(r.cents, 0))
from shared.refund_totals t
left join (
  select tenant_id, shortcode_id, original_receipt, sum(amount_cents) as cents
  from shared.reversals where is_counted group by 1, 2, 3
) r on r.tenant_id = t.tenant_id and r.shortcode_id = t.shortcode_id
  and r.original_receipt = t.receipt
where t.refunded_cents <> coalesce(r.cents, 0);
grant select on ops.disbursement_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.disbursement_invariants;
call ops.rebuild_invariants();
drop table shared.balance_watches, shared.shortcode_balances, shared.limit_holds,
  shared.limit_usage, shared.limit_settings, shared.reversals, shared.refund_totals,
  shared.payout_batch_rows, shared.provider_queries, shared.payout_evidence,
  shared.disbursements, shared.payout_batches, platform.tariff_bands;
`,
};
