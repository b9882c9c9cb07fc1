/** Rows that belong to another row: found however many there are, and tied to what is there alone. */
import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant, postStatement, type Row, type TestTenant } from './fixture.ts';

let base: TestDatabase;
let tenant: TestTenant;
beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  tenant = await aTenant(base.db);
});
afterAll(() => base.drop());

const row = (minute: number, changes: Partial<Row> = {}): Row => ({
  ...{
    receipt: `TBA${String(minute).padStart(7, '0')}`,
    direction: 'out',
    amountCents: 100,
    minute,
  },
  ...changes,
});

test('charges beyond the first some thousands that stay untied find their payment too', async () => {
  const receipt = 'TBB0000001';
  const charge = { direction: 'out', amountCents: 1_00, nature: 'charge' } as const;
  const orphans = Array.from({ length: 5_001 }, (_, n) =>
    row(n % 600, { ...charge, receipt: `TC${String(n).padStart(8, '0')}` }),
  );
  const paid = row(0, { receipt, direction: 'out', amountCents: 50_00 });
  const { inserted } = await postStatement(base.db, tenant, {
    rows: [paid, ...orphans, row(1, { ...charge, receipt })],
  });
  await base.asOwner('analyze shared.transactions, shared.statement_lines');

  const tied = await base.asOwner(
    `select ordinal, parent_id from shared.transactions
     where tenant_id = $1 and parent_id is not null`,
    [tenant.tenantId],
  );
  expect(tied).toEqual([{ ordinal: 5_002, parent_id: inserted[0]?.transactionId }]);
});

test('a row is tied to nothing that is not there, and other changes of it look for nothing', async () => {
  const { inserted } = await postStatement(base.db, tenant, { rows: [row(0), row(1)] });
  const [child, parent] = inserted.map(({ transactionId }) => transactionId);
  const set = (what: string) =>
    base.asOwner(`update shared.transactions set ${what} where id = $1`, [child]);

  await expect(set(`parent_id = '${randomUUID()}'`)).rejects.toThrow(/refers to no row/);
  await expect(set(`statement_id = '${randomUUID()}'`)).rejects.toThrow(/refers to no row/);
  await expect(set(`parent_id = '${parent}'`)).resolves.toBeDefined();
  await expect(set('parent_id = null')).resolves.toBeDefined();
});
