import { categorisedLines } from './0060_categorised_lines.ts';
import { rowChanges } from './0082_row_changes.ts';
import type { Migration } from './migration.ts';

/** The parts that stand for a row: those of its latest split that was not taken back. */
const standing = `
  select p.category, p.amount_cents,
    p.place = min(p.place) over (partition by p.category) as is_first
  from (
    select r.tenant_id, r.account_id, r.identity, r.change_id
    from shared.row_change_rows r
    join shared.row_changes c on c.tenant_id = r.tenant_id and c.id = r.change_id
    where x.category = 'split' and r.tenant_id = x.tenant_id and r.transaction_id = x.id
      and r.state in ('changed', 'kept') and c.kind = 'split'
    order by r.change_id desc limit 1
  ) latest
  join shared.row_parts p using (tenant_id, account_id, identity, change_id)`;

const wholeRows = `
  select tenant_id, account_id, business_date, direction, channel,
    coalesce(category, 'uncategorised') as category, nature, count(*) as n,
    sum(amount_cents)::bigint as cents
  from shared.transactions
  where reversed_at is null
  group by 1, 2, 3, 4, 5, 6, 7
`;
const rowsByPart = `
  select x.tenant_id, x.account_id, x.business_date, x.direction, x.channel,
    coalesce(p.category, x.category, 'uncategorised') as category, x.nature,
    count(*) filter (where p.is_first is not false) as n, sum(coalesce(p.amount_cents, x.amount_cents))::bigint as cents
  from shared.transactions x
  left join lateral (${standing}) p on true
  where x.reversed_at is null
  group by 1, 2, 3, 4, 5, 6, 7
`;

/** A piece of an earlier migration, from where a text begins up to where another one does. */
function piece({ up }: Migration, from: string, to: string): string {
  const found = up.slice(up.indexOf(from), up.indexOf(to));
  if (!found.startsWith(from)) throw new Error(`0101 does not find ${from}`);
  return found;
}

function replaced(text: string, before: string, after: string): string {
  if (!text.includes(before)) throw new Error(`0101 does not find ${before}`);
  return text.replace(before, after);
}

const figures = piece(
  categorisedLines,
  'create or replace view ops.statement_invariants',
  '-- Version 7',
);
const choices = piece(
  rowChanges,
  'create view ops.row_change_invariants',
  'grant select on ops.row_change_invariants',
).replace('create view', 'create or replace view');

/**
 * One row split into parts, each with a category and an amount. A split is a change of the category
 * to `split` with its parts beside it, so it is taken back, survives an undo of the statement and
 * gives way to later changes as each choice of a category does.
 */
export const splits: Migration = {
  name: '0101_splits',
  up: `
alter table shared.row_changes
  drop constraint row_changes_kind_check,
  drop constraint row_changes_check1,
  add constraint row_changes_kind_check check (kind in ('category', 'tags', 'split')),
  add constraint row_changes_category_check check ((kind = 'tags') = (category is null)),
  add constraint row_changes_split_check check ((kind = 'split') = (category is not distinct from 'split'));

create table shared.row_parts (
  tenant_id uuid not null references platform.tenants,
  id uuid not null default platform.uuid_v7(),
  account_id uuid not null,
  identity text not null check (identity <> ''),
  change_id uuid not null,
  place integer not null check (place >= 1 and place <= 20),
  category text not null check (category <> ''),
  amount_cents bigint not null check (amount_cents > 0),
  note_sealed bytea,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, account_id, identity, change_id, place),
  foreign key (tenant_id, change_id) references shared.row_changes
);
call platform.isolate('shared.row_parts', 'select, insert, update');
create policy operators on shared.row_parts for select to daftari_ops using (true);
grant select (tenant_id, account_id, identity, change_id, place, category, amount_cents)
  on shared.row_parts to daftari_ops;

${replaced(figures, wholeRows, rowsByPart)}
${replaced(choices, "c.kind = 'category'", "c.kind <> 'tags'")}
create view ops.row_part_invariants with (security_invoker = true) as
select 'parts-are-the-row' as invariant, x.tenant_id,
  format('transaction %s of %s cents is split into %s parts of %s cents', x.id, x.amount_cents,
    p.n, p.cents) as detail
from shared.transactions x
cross join lateral (
  select count(*) as n, coalesce(sum(amount_cents), 0)::bigint as cents from (${standing}) parts
) p
where x.reversed_at is null and x.category = 'split'
  and (p.n < 2 or p.cents <> x.amount_cents);
grant select on ops.row_part_invariants to daftari_ops;
call ops.rebuild_invariants();
`,
  down: `
drop view ops.invariants;
drop view ops.row_part_invariants;
${figures}
${choices}
call ops.rebuild_invariants();
drop table shared.row_parts;
alter table shared.row_changes
  drop constraint row_changes_split_check,
  drop constraint row_changes_category_check,
  drop constraint row_changes_kind_check,
  add constraint row_changes_check1 check ((kind = 'category') = (category is not null)),
  add constraint row_changes_kind_check check (kind in ('category', 'tags'));
`,
};
