import type { Migration } from './migration.ts';

const rebuild = `
do $$ begin
  if to_regprocedure('ops.rebuild_invariants()') is not null then call ops.rebuild_invariants(); end if;
end $$;`;

/**
 * Invoices: what a customer owes for which lines, by when. An invoice is paid through the payment
 * link it owns, so what was paid stands there and nowhere else. Once sent it is never rewritten: it
 * is voided, and another one takes its place.
 */
export const invoices: Migration = {
  name: '0115_invoices',
  up: `
-- The last number given; locked while the next one is taken, so that none is left out.
create table shared.invoice_counters (
  tenant_id uuid not null references platform.tenants,
  last_number integer not null default 0 check (last_number >= 0),
  primary key (tenant_id)
);
call platform.isolate('shared.invoice_counters', 'select, insert, update');

create table shared.invoices (
  tenant_id uuid not null references platform.tenants,
  id uuid not null,
  number integer not null check (number > 0),
  customer_id uuid not null,
  payment_link_id uuid not null,
  issued_on date not null,
  due_on date not null check (due_on >= issued_on),
  total_cents bigint not null check (total_cents > 0 and total_cents % 100 = 0),
  voided_at timestamptz(3),
  void_reason text check (length(void_reason) between 3 and 300),
  created_by text not null check (created_by <> ''),
  created_at timestamptz(3) not null default now(),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, id),
  unique (tenant_id, number),
  unique (tenant_id, payment_link_id),
  foreign key (tenant_id, customer_id) references shared.customers,
  foreign key (tenant_id, payment_link_id) references shared.payment_links,
  check ((voided_at is null) = (void_reason is null))
);
create index invoices_customer on shared.invoices (tenant_id, customer_id, number desc);
create index invoices_due on shared.invoices (tenant_id, due_on) where voided_at is null;
call platform.isolate('shared.invoices', 'select, insert, update');
create policy operators on shared.invoices for select to daftari_ops using (true);
grant select (tenant_id, id, number, payment_link_id, total_cents, voided_at)
  on shared.invoices to daftari_ops;
create trigger sent_as_it_is before delete or update of number, customer_id, payment_link_id,
  issued_on, due_on, total_cents on shared.invoices
  for each row execute function platform.refuse_change();

create table shared.invoice_lines (
  tenant_id uuid not null,
  invoice_id uuid not null,
  ordinal integer not null check (ordinal between 1 and 100),
  description text not null check (length(description) between 1 and 120),
  quantity integer not null check (quantity between 1 and 100000),
  unit_cents bigint not null check (unit_cents > 0),
  amount_cents bigint not null check (amount_cents = quantity * unit_cents),
  primary key (tenant_id, invoice_id, ordinal),
  foreign key (tenant_id, invoice_id) references shared.invoices
);
call platform.isolate('shared.invoice_lines', 'select, insert, update');
create policy operators on shared.invoice_lines for select to daftari_ops using (true);
grant select (tenant_id, invoice_id, amount_cents) on shared.invoice_lines to daftari_ops;
create trigger sent_as_it_is before delete or update of ordinal, quantity, unit_cents, amount_cents
  on shared.invoice_lines for each row execute function platform.refuse_change();

create policy operators on shared.invoice_counters for select to daftari_ops using (true);
grant select on shared.invoice_counters to daftari_ops;

create view ops.invoice_invariants with (security_invoker = true) as
-- The lines of an invoice add up to its total.
select 'invoice-lines-add-up' as invariant, i.tenant_id,
  format('invoice %s says %s, its lines %s', i.id, i.total_cents, coalesce(l.cents, 0)) as detail
from shared.invoices i
left join (
  select tenant_id, invoice_id, sum(amount_cents)::bigint as cents
  from shared.invoice_lines group by 1, 2
) l on l.tenant_id = i.tenant_id and l.invoice_id = i.id
where i.total_cents <> coalesce(l.cents, 0)

union all
-- Numbers are given one after the other; none is missing.
select 'invoice-numbers-without-gaps', c.tenant_id,
  format('%s invoices, the last number given is %s, the highest one %s', coalesce(i.n, 0),
    c.last_number, coalesce(i.highest, 0))
from shared.invoice_counters c
left join (
  select tenant_id, count(*) as n, max(number) as highest from shared.invoices group by 1
) i on i.tenant_id = c.tenant_id
where coalesce(i.n, 0) <> c.last_number or coalesce(i.highest, 0) <> c.last_number

union all
-- The link an invoice is paid through asks for its total, and takes nothing once it is void.
select 'invoice-link-asks-the-same', i.tenant_id,
  format('invoice %s over %s is paid by link %s over %s, which is %s', i.id, i.total_cents, k.id,
    k.amount_cents, k.status)
from shared.invoices i
join shared.payment_links k on k.tenant_id = i.tenant_id and k.id = i.payment_link_id
where k.amount_cents is distinct from i.total_cents or k.is_reusable
  or (i.voided_at is not null) <> (k.status = 'closed');

grant select on ops.invoice_invariants to daftari_ops;
${rebuild}
`,
  down: `
drop view ops.invoice_invariants cascade;
${rebuild}
drop table shared.invoice_lines, shared.invoices, shared.invoice_counters;
`,
};
