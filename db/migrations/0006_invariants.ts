import type { Migration } from './migration.ts';

/** One row per broken promise; empty whenever nothing is in flight. */
export const invariants: Migration = {
  name: '0006_invariants',
  up: `
create view ops.invariants with (security_invoker = true) as

-- The daily figures equal the transactions. Accounts with a statement under way are left out,
-- because their figures follow a moment later by design.
select 'rollups-equal-transactions' as invariant, tenant_id,
  format('account %s on %s, %s %s %s %s: %s transactions of %s cents, rollup says %s of %s',
    account_id, business_date, direction, channel, category, nature,
    coalesce(t.n, 0), coalesce(t.cents, 0), coalesce(r.transaction_count, 0),
    coalesce(r.amount_cents, 0)) as detail
from (
  select tenant_id, account_id, business_date, direction, channel,
    coalesce(category, 'uncategorised') as category, nature, count(*) as n,
    sum(amount_cents)::bigint as cents
  from shared.transactions
  where reversed_at is null
  group by 1, 2, 3, 4, 5, 6, 7
) t
full join shared.daily_rollups r
  using (tenant_id, account_id, business_date, direction, channel, category, nature)
where (coalesce(t.n, 0), coalesce(t.cents, 0))
    <> (coalesce(r.transaction_count, 0), coalesce(r.amount_cents, 0))
  and not exists (
    select from shared.statements s
    where s.tenant_id = r.tenant_id and s.account_id = r.account_id
      and s.status in ('processing', 'undoing')
      or s.tenant_id = t.tenant_id and s.account_id = t.account_id
      and s.status in ('processing', 'undoing'))

union all
-- What a posted statement says about itself equals what is stored for it.
select 'statement-equals-its-lines', s.tenant_id,
  format('statement %s: says %s rows, %s in, %s out; stored %s rows, %s in, %s out', s.id,
    s.row_count, s.total_in_cents, s.total_out_cents, coalesce(l.n, 0), coalesce(l.ins, 0),
    coalesce(l.outs, 0))
from shared.statements s
left join (
  select tenant_id, statement_id, count(*) as n,
    coalesce(sum(in_cents) filter (where row_status = 'completed'), 0)::bigint as ins,
    coalesce(sum(out_cents) filter (where row_status = 'completed'), 0)::bigint as outs
  from shared.statement_lines
  group by 1, 2
) l on l.tenant_id = s.tenant_id and l.statement_id = s.id
where s.status in ('posted', 'undone') and (s.row_count, s.total_in_cents, s.total_out_cents)
  is distinct from (coalesce(l.n, 0)::integer, coalesce(l.ins, 0), coalesce(l.outs, 0))

union all
select 'statement-equals-its-rejects', s.tenant_id,
  format('statement %s: says %s rejects, stored %s', s.id, s.reject_count, coalesce(r.n, 0))
from shared.statements s
left join (
  select tenant_id, statement_id, count(*) as n from shared.statement_rejects group by 1, 2
) r on r.tenant_id = s.tenant_id and r.statement_id = s.id
where s.status in ('posted', 'undone') and s.reject_count <> coalesce(r.n, 0)

union all
-- Every row of a posted statement that moved money is a live transaction of the same amount.
select 'moved-line-has-transaction', l.tenant_id,
  format('statement %s row %s has no live transaction of its amount', l.statement_id, l.ordinal)
from shared.statements s
join shared.statement_lines l on l.tenant_id = s.tenant_id and l.statement_id = s.id
left join shared.transactions t on t.tenant_id = l.tenant_id and t.id = l.transaction_id
  and t.reversed_at is null and t.direction = l.direction
  and t.amount_cents = l.in_cents + l.out_cents
where s.status = 'posted' and l.direction is not null and t.id is null

union all
select 'transaction-has-source', t.tenant_id,
  format('transaction %s of statement %s is shown by no statement', t.id, t.statement_id)
from shared.transactions t
left join shared.transaction_sources x on x.tenant_id = t.tenant_id and x.transaction_id = t.id
where t.reversed_at is null and x.transaction_id is null

union all
select 'reversed-transaction-has-no-source', t.tenant_id,
  format('reversed transaction %s is still shown by statement %s', t.id, x.statement_id)
from shared.transactions t
join shared.transaction_sources x on x.tenant_id = t.tenant_id and x.transaction_id = t.id
where t.reversed_at is not null

union all
select 'audit-chain-has-no-gap', h.tenant_id,
  format('the chain ends at %s and holds %s records up to %s', h.seq, coalesce(a.n, 0), a.last)
from shared.audit_heads h
left join (
  select tenant_id, count(*) as n, max(seq) as last from shared.audit_log group by 1
) a on a.tenant_id = h.tenant_id
where h.seq <> coalesce(a.n, 0) or h.seq <> coalesce(a.last, 0)

union all
select 'outbox-is-published', tenant_id,
  format('%s %s of %s waits since %s', kind, type, topic, occurred_at)
from shared.outbox
where published_at is null and occurred_at < now() - interval '15 minutes';

grant select on ops.invariants to daftari_ops;
`,
  down: `
drop view ops.invariants;
`,
};
