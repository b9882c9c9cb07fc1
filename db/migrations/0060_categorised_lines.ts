import { invariants } from './0006_invariants.ts';
import type { Migration } from './migration.ts';

const broken = `
select 'transaction-has-source', t.tenant_id,
  format('transaction %s of statement %s is shown by no statement', t.id, t.statement_id)
from shared.transactions t
left join shared.transaction_sources x on x.tenant_id = t.tenant_id and x.transaction_id = t.id
where t.reversed_at is null and x.transaction_id is null
`;

const whole = `
select 'transaction-has-source', t.tenant_id,
  format('transaction %s of statement %s is shown by no statement', t.id, t.statement_id)
from shared.transactions t
left join shared.statement_lines l on l.tenant_id = t.tenant_id
  and l.statement_id = t.statement_id and l.ordinal = t.ordinal and l.transaction_id = t.id
where t.reversed_at is null and l.transaction_id is null

union all
select 'source-is-another-statement', t.tenant_id,
  format('transaction %s names its own statement %s among the others', t.id, t.statement_id)
from shared.transactions t
join shared.transaction_sources x on x.tenant_id = t.tenant_id and x.transaction_id = t.id
where x.statement_id = t.statement_id
`;

/** The view as it was, under the name it has since there are invariants of other capabilities. */
const before = invariants.up
  .replace('create view ops.invariants', 'create or replace view ops.statement_invariants')
  .replace('grant select on ops.invariants to daftari_ops;', '');
const after = before.replace(broken, whole);
if (after === before) throw new Error('0060 does not find the invariant it replaces');

/**
 * What the catalogue makes of a row is known when the row is read, so it is kept with the line and
 * posting writes a transaction once, whole. A transaction names the statement it stands on itself;
 * only further statements that show it are rows of their own.
 */
export const categorisedLines: Migration = {
  name: '0060_categorised_lines',
  up: `
alter table shared.statement_lines
  add column category text,
  add column category_confidence text check (category_confidence in ('certain', 'likely', 'low')),
  add column category_reason text,
  add check (num_nulls(category, category_confidence, category_reason) in (0, 3));

-- Little is changed after posting: a parent, a category by hand. That much room stays in a page.
alter table shared.transactions set (fillfactor = 85);

call platform.in_every_schema($do$
  alter table {schema}.transaction_sources no force row level security;
  alter table {schema}.transactions no force row level security;
  delete from {schema}.transaction_sources s using {schema}.transactions x
  where x.tenant_id = s.tenant_id and x.id = s.transaction_id and x.statement_id = s.statement_id;
  alter table {schema}.transactions force row level security;
  alter table {schema}.transaction_sources force row level security;
$do$);
grant select (ordinal) on shared.transactions to daftari_ops;
${after}
-- Version 7 comes from the server itself and costs a tenth of building one by hand.
create or replace function platform.uuid_v7() returns uuid
language sql volatile parallel safe as $$ select pg_catalog.uuidv7() $$;
`,
  down: `
${before}
call platform.in_every_schema($do$
  alter table {schema}.transaction_sources no force row level security;
  alter table {schema}.transactions no force row level security;
  insert into {schema}.transaction_sources (tenant_id, transaction_id, statement_id, ordinal)
  select tenant_id, id, statement_id, ordinal from {schema}.transactions where reversed_at is null;
  alter table {schema}.transactions force row level security;
  alter table {schema}.transaction_sources force row level security;
$do$);
revoke select (ordinal) on shared.transactions from daftari_ops;
alter table shared.transactions set (fillfactor = 45);
alter table shared.statement_lines
  drop column category, drop column category_confidence, drop column category_reason;
`,
};
