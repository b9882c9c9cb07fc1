/** The first screen at a million rows: the queries behind it, as the runtime role and under row-level security. */
import { dailySeries, overview } from '../../db/analytics.ts';
import { recomputeRollups } from '../../db/rollups.ts';
import { id, type AccountId, type TenantId } from '../../domain/ids.ts';
import { addDays, businessDate, type BusinessDate } from '../../domain/time.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { aTenant } from '../../tests/support/tenants.ts';
import { absolute, type BenchOptions, type Gate } from '../gate.ts';

const firstDay = businessDate('2024-01-01');
const days = 730;

/** Fills one account with rows spread over two years and times the overview of a month and a year. */
export async function overviewGates({ isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const rows = isSmoke ? 50_000 : 1_000_000;
  const database = await createTestDatabase();
  try {
    const { tenantId, userId } = await aTenant(database.db);
    say(`overview: filling ${rows} rows`);
    const accountId = await fill(database, { tenantId, userId, rows });
    await check(database, tenantId, rows);
    const year = { from: addDays(firstDay, 300), to: addDays(firstDay, 664) };
    const figures: number[] = [];
    for (let round = 0; round < 12; round += 1)
      figures.push(await timeOverview(database, tenantId, year));
    const detail = `p50 of figures, groups and 365 daily points over ${rows} rows of account ${accountId.slice(0, 8)}`;
    return [
      absolute({
        gate: 'overview-at-1m-rows',
        unit: 'ms',
        limit: isSmoke ? '<= 20' : '<= 10',
        figures: figures.slice(2),
        detail,
      }),
    ];
  } finally {
    await database.drop();
  }
}

async function timeOverview(
  database: TestDatabase,
  tenantId: TenantId,
  period: { from: BusinessDate; to: BusinessDate },
) {
  const start = performance.now();
  await database.db.withTenant(
    tenantId,
    async (t) => {
      await overview(t, period);
      await dailySeries(t, period);
    },
    { readOnly: true },
  );
  return performance.now() - start;
}

async function fill(
  database: TestDatabase,
  { tenantId, userId, rows }: { tenantId: TenantId; userId: string; rows: number },
): Promise<AccountId> {
  const [account] = await database.asOwner(
    `insert into shared.accounts (tenant_id, kind, number_masked, number_index, label)
     values ($1, 'till', '12***4', decode(repeat('00', 32), 'hex'), 'Bench till') returning id`,
    [tenantId],
  );
  const accountId = id('account', String(account?.['id']));
  const statementId = await aPostedStatement(database, { tenantId, userId, accountId, rows });
  await database.asOwner(insertRows, [tenantId, accountId, statementId, rows, days, firstDay]);
  await database.asOwner('vacuum analyze shared.transactions');
  const dates = Array.from({ length: days }, (_, day) => addDays(firstDay, day));
  await database.db.withTenant(tenantId, (t) => recomputeRollups(t, accountId, dates));
  for (const table of ['daily_rollups', 'monthly_rollups', 'daily_totals'])
    await database.asOwner(`vacuum analyze shared.${table}`);
  return accountId;
}

async function aPostedStatement(
  database: TestDatabase,
  facts: { tenantId: TenantId; userId: string; accountId: AccountId; rows: number },
): Promise<string> {
  const [operation] = await database.asOwner(
    `insert into shared.operations (tenant_id, id, kind, subject_id, status, workflow_id, created_by)
     values ($1, gen_random_uuid(), 'statement.ingest', gen_random_uuid(), 'succeeded', 'bench', $2) returning id`,
    [facts.tenantId, facts.userId],
  );
  const [statement] = await database.asOwner(
    `insert into shared.statements (tenant_id, id, sha256, file_name, size_bytes, media_kind, format, status, stage,
       verdict, account_id, row_count, new_row_count, posted_count, categorised_count, workflow_id, operation_id,
       created_by, posted_at)
     values ($1, gen_random_uuid(), repeat('a', 64), 'bench.csv', 1, 'csv', 'organisation-classic', 'posted',
       'categorised', 'proven', $2, $3, $3, $3, $3, 'bench', $4, $5, now()) returning id`,
    [facts.tenantId, facts.accountId, facts.rows, operation?.['id'], facts.userId],
  );
  return String(statement?.['id']);
}

const insertRows = `
  insert into shared.transactions (tenant_id, account_id, identity, receipt, occurred_at, business_date, direction,
    amount_cents, balance_cents, row_status, purpose, channel, nature, is_fuliza, confidence, category, statement_id,
    ordinal)
  select $1, $2, n::text, 'TAA' || lpad(n::text, 7, '0'), at, (at at time zone 'Africa/Nairobi')::date,
    case when n % 3 = 0 then 'out' else 'in' end, 100 + n % 500000, 1000000 + n % 77777, 'completed', 'paybill',
    (array['paybill', 'till', 'send-money', 'agent', 'charge', 'airtime'])[1 + n % 6],
    case when n % 6 = 4 then 'charge' else 'ordinary' end, false, 'certain',
    (array['sales', 'groceries', 'stock', 'rent', 'charges', 'utilities', 'school', 'transport'])[1 + n % 8],
    $3, n
  from (select n, date_trunc('second', ($6::date + (n::float8 / $4 * $5) * interval '1 day' - interval '3 hours') at time zone 'UTC') as at
        from generate_series(0, $4::int - 1) n) spread`;

/** The figures of the whole span have to equal a plain sum over the rows before any time counts. */
async function check(database: TestDatabase, tenantId: TenantId, rows: number): Promise<void> {
  const [plain] = await database.asOwner(
    `select count(*)::int as n, sum(amount_cents) filter (where direction = 'in' and nature = 'ordinary')::text as ins
     from shared.transactions where tenant_id = $1`,
    [tenantId],
  );
  const whole = { from: firstDay, to: addDays(firstDay, days) };
  const figures = await database.db.withTenant(tenantId, (t) => overview(t, whole), {
    readOnly: true,
  });
  const counted = figures.groups.reduce((sum, group) => sum + group.count, 0);
  const isRight =
    plain?.['n'] === rows && counted === rows && String(figures.inCents) === plain['ins'];
  if (!isRight) throw new Error(`the rollups differ from the rows: ${counted} of ${rows}`);
}
