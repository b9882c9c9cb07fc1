import type { Migration } from './migration.ts';

/** Figures by whole months and by day alone, so that a year is read from a few hundred rows. */
export const monthlyRollups: Migration = {
  name: '0020_monthly_rollups',
  up: `
create table shared.monthly_rollups (
  tenant_id uuid not null,
  account_id uuid not null,
  -- The first day of the month.
  month date not null check (extract(day from month) = 1),
  direction text not null check (direction in ('in', 'out')),
  channel text not null,
  category text not null,
  nature text not null check (nature in ('ordinary', 'charge', 'own-money', 'loan')),
  transaction_count integer not null check (transaction_count >= 0),
  amount_cents bigint not null check (amount_cents >= 0),
  primary key (tenant_id, account_id, month, direction, channel, category, nature),
  foreign key (tenant_id, account_id) references shared.accounts
);
create index monthly_rollups_month on shared.monthly_rollups (tenant_id, month);
call platform.isolate('shared.monthly_rollups', 'select, insert, update, delete');
create policy operators on shared.monthly_rollups for select to daftari_ops using (true);
grant select on shared.monthly_rollups to daftari_ops;

-- Income and spending of an account and day.
create table shared.daily_totals (
  tenant_id uuid not null,
  account_id uuid not null,
  business_date date not null,
  in_cents bigint not null check (in_cents >= 0),
  out_cents bigint not null check (out_cents >= 0),
  primary key (tenant_id, account_id, business_date),
  foreign key (tenant_id, account_id) references shared.accounts
);
create index daily_totals_day on shared.daily_totals (tenant_id, business_date);
call platform.isolate('shared.daily_totals', 'select, insert, delete');
create policy operators on shared.daily_totals for select to daftari_ops using (true);
grant select on shared.daily_totals to daftari_ops;

alter table shared.daily_rollups no force row level security;
insert into shared.monthly_rollups
  select tenant_id, account_id, date_trunc('month', business_date)::date, direction, channel,
    category, nature, sum(transaction_count)::integer, sum(amount_cents)::bigint
  from shared.daily_rollups group by 1, 2, 3, 4, 5, 6, 7;
insert into shared.daily_totals
  select tenant_id, account_id, business_date,
    coalesce(sum(amount_cents) filter (where direction = 'in'), 0)::bigint,
    coalesce(sum(amount_cents) filter (where direction = 'out'), 0)::bigint
  from shared.daily_rollups where nature = 'ordinary' group by 1, 2, 3;
alter table shared.daily_rollups force row level security;

create view ops.rollup_invariants with (security_invoker = true) as
select 'months-equal-days' as invariant, tenant_id,
  format('account %s in %s, %s %s %s %s: days say %s of %s cents, the month says %s of %s',
    account_id, month, direction, channel, category, nature, coalesce(d.n, 0),
    coalesce(d.cents, 0), coalesce(m.transaction_count, 0), coalesce(m.amount_cents, 0)) as detail
from (
  select tenant_id, account_id, date_trunc('month', business_date)::date as month, direction,
    channel, category, nature, sum(transaction_count) as n, sum(amount_cents)::bigint as cents
  from shared.daily_rollups group by 1, 2, 3, 4, 5, 6, 7
) d
full join shared.monthly_rollups m
  using (tenant_id, account_id, month, direction, channel, category, nature)
where (coalesce(d.n, 0), coalesce(d.cents, 0))
  <> (coalesce(m.transaction_count, 0), coalesce(m.amount_cents, 0))

union all
select 'day-totals-equal-days', tenant_id,
  format('account %s on %s: groups say %s in and %s out, the total says %s and %s', account_id,
    business_date, coalesce(d.ins, 0), coalesce(d.outs, 0), coalesce(t.in_cents, 0),
    coalesce(t.out_cents, 0))
from (
  select tenant_id, account_id, business_date,
    coalesce(sum(amount_cents) filter (where direction = 'in'), 0)::bigint as ins,
    coalesce(sum(amount_cents) filter (where direction = 'out'), 0)::bigint as outs
  from shared.daily_rollups where nature = 'ordinary' group by 1, 2, 3
) d
full join shared.daily_totals t using (tenant_id, account_id, business_date)
where (coalesce(d.ins, 0), coalesce(d.outs, 0)) <> (coalesce(t.in_cents, 0), coalesce(t.out_cents, 0));
grant select on ops.rollup_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.rollup_invariants;
call ops.rebuild_invariants();
drop table shared.daily_totals, shared.monthly_rollups;
`,
};
