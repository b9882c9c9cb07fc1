import type { Migration } from './migration.ts';

const tables = ['disbursements', 'payout_returns', 'limit_holds', 'limit_usage'];
const eachTable = (change: string) =>
  tables.map((table) => `  alter table {schema}.${table} ${change};`).join('\n');

/**
 * How much of a payout came back stands with it, and what came back no longer uses up the limits of
 * the day and the month it left on: a hold counts what is still away.
 */
export const returnedPayouts: Migration = {
  name: '0090_returned_payouts',
  up: `
call platform.in_every_schema($do$
  alter table {schema}.disbursements add column returned_cents bigint not null default 0;
  alter table {schema}.disbursements add constraint disbursements_returned_check
    check (returned_cents between 0 and amount_cents
      and (returned_cents = 0 or status = 'paid'));
  alter table {schema}.limit_holds drop constraint limit_holds_amount_cents_check;
  alter table {schema}.limit_holds add constraint limit_holds_amount_cents_check
    check (amount_cents >= 0);
${eachTable('no force row level security')}
  update {schema}.disbursements d set returned_cents = r.amount_cents
  from {schema}.payout_returns r
  where r.tenant_id = d.tenant_id and r.disbursement_id = d.id and r.status = 'booked';
  with given as (
    update {schema}.limit_holds h set amount_cents = h.amount_cents - d.returned_cents
    from {schema}.disbursements d
    where d.tenant_id = h.tenant_id and h.reference = 'disbursement/' || d.id
      and d.returned_cents > 0
    returning h.tenant_id, h.day, h.payee_key, d.returned_cents as cents
  ), windows as (
    select g.tenant_id, w.kind, w.period, w.payee_key, sum(g.cents)::bigint as cents
    from given g
    cross join lateral (values ('per-day', g.day::text, ''),
      ('per-month', to_char(g.day, 'YYYY-MM'), ''), ('payee-day', g.day::text, g.payee_key)
    ) w (kind, period, payee_key)
    group by 1, 2, 3, 4
  )
  update {schema}.limit_usage u set used_cents = u.used_cents - w.cents
  from windows w
  where w.tenant_id = u.tenant_id and w.kind = u.kind and w.period = u.period
    and w.payee_key = u.payee_key;
${eachTable('force row level security')}
$do$);
grant select (returned_cents) on shared.disbursements to daftari_ops;

create view ops.returned_payout_invariants with (security_invoker = true) as
select 'payout-says-what-came-back' as invariant, d.tenant_id,
  format('payout %s says %s cents came back, its word says %s', d.id, d.returned_cents,
    coalesce(r.amount_cents, 0)) as detail
from shared.disbursements d
left join shared.payout_returns r
  on r.tenant_id = d.tenant_id and r.disbursement_id = d.id and r.status = 'booked'
where d.returned_cents <> coalesce(r.amount_cents, 0)

union all
select 'hold-counts-what-is-away', d.tenant_id,
  format('payout %s of %s cents, of which %s came back, counts %s', d.id, d.amount_cents,
    d.returned_cents, h.amount_cents)
from shared.disbursements d
join shared.limit_holds h
  on h.tenant_id = d.tenant_id and h.reference = 'disbursement/' || d.id
where h.amount_cents <> d.amount_cents - d.returned_cents;
grant select on ops.returned_payout_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.returned_payout_invariants;
call ops.rebuild_invariants();
revoke select (returned_cents) on shared.disbursements from daftari_ops;
call platform.in_every_schema($do$
${eachTable('no force row level security')}
  with taken as (
    update {schema}.limit_holds h set amount_cents = d.amount_cents
    from {schema}.disbursements d
    where d.tenant_id = h.tenant_id and h.reference = 'disbursement/' || d.id
      and d.returned_cents > 0
    returning h.tenant_id, h.day, h.payee_key, d.returned_cents as cents
  ), windows as (
    select g.tenant_id, w.kind, w.period, w.payee_key, sum(g.cents)::bigint as cents
    from taken g
    cross join lateral (values ('per-day', g.day::text, ''),
      ('per-month', to_char(g.day, 'YYYY-MM'), ''), ('payee-day', g.day::text, g.payee_key)
    ) w (kind, period, payee_key)
    group by 1, 2, 3, 4
  )
  update {schema}.limit_usage u set used_cents = u.used_cents + w.cents
  from windows w
  where w.tenant_id = u.tenant_id and w.kind = u.kind and w.period = u.period
    and w.payee_key = u.payee_key;
${eachTable('force row level security')}
  alter table {schema}.limit_holds drop constraint limit_holds_amount_cents_check;
  alter table {schema}.limit_holds add constraint limit_holds_amount_cents_check
    check (amount_cents > 0);
  alter table {schema}.disbursements drop constraint disbursements_returned_check;
  alter table {schema}.disbursements drop column returned_cents;
$do$);
`,
};
