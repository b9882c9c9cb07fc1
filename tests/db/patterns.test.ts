/** Busy hours and partners are what a plain sum over the rows says. */
import fc from 'fast-check';
import { patternsOf } from '../../db/patterns.ts';
import type { AccountId } from '../../domain/ids.ts';
import { addDays, businessDate } from '../../domain/time.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aLine, anAccount, appendLines, aStatement, aTenant } from './fixture.ts';
import { postChunk } from '../../db/statement-posting.ts';
import type { TestTenant } from './fixture.ts';

let base: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

const names = ['ACHIENG', 'OTIENO', 'AMINA', 'KAMAU', undefined] as const;
const first = businessDate('2026-01-01');

const anyRow = fc.record({
  direction: fc.constantFrom('in' as const, 'out' as const),
  /** Few amounts, so that partners are as good as each other. */
  amountCents: fc.integer({ min: 1, max: 4 }),
  minute: fc.integer({ min: 0, max: 20 * 24 * 60 }),
  nature: fc.constantFrom('ordinary' as const, 'ordinary' as const, 'loan' as const),
  name: fc.constantFrom(...names),
  isOther: fc.boolean(),
});
type AnyRow = typeof anyRow extends fc.Arbitrary<infer Of> ? Of : never;

/** Posts them in the order of their ids, which grow; answers the accounts, the other one second. */
async function post(rows: readonly AnyRow[]): Promise<[AccountId, AccountId]> {
  return base.db.withTenant(tenant.tenantId, async (t) => {
    const accounts = [await anAccount(t, '254712345678'), await anAccount(t, '254787654321')];
    for (const [n, row] of rows.entries()) {
      const { line, ...facts } = aLine(0, { ...row, receipt: `TPT${String(n).padStart(7, '0')}` });
      const { counterparty } = line.reading;
      const named =
        row.name === undefined || counterparty === undefined
          ? undefined
          : { ...counterparty, name: row.name, key: row.name };
      const statementId = await aStatement(t, tenant.userId);
      const reading = { ...line.reading, counterparty: named };
      await appendLines(t, statementId, [{ ...facts, line: { ...line, reading } }]);
      const accountId = accounts[row.isOther ? 1 : 0];
      if (accountId === undefined) throw new Error('there are two accounts');
      await postChunk(t, { statementId, accountId, fromOrdinal: 0, toOrdinal: 1 });
    }
    return accounts as [AccountId, AccountId];
  });
}

/** Nairobi is three hours ahead of UTC all year. */
const localOf = ({ minute }: AnyRow) => new Date(Date.UTC(2026, 0, 1) + (minute + 180) * 60_000);

function summed<Key extends string>(rows: readonly AnyRow[], keyOf: (row: AnyRow) => Key) {
  const groups = Map.groupBy(rows, keyOf);
  return [...groups].map(([key, of]) => ({
    ...{ key, count: of.length },
    amountCents: of.reduce((sum, row) => sum + row.amountCents, 0),
    newest: Math.max(...of.map((row) => rows.indexOf(row))),
  }));
}

test('over any rows, accounts and days', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRow, { maxLength: 25 }),
      fc.nat(10),
      fc.boolean(),
      async (rows, days, isOneAccount) => {
        tenant = await aTenant(base.db);
        const [, other] = await post(rows);
        const period = {
          ...{ from: addDays(first, 2), to: addDays(first, 2 + days) },
          ...(isOneAccount && { accountIds: [other] }),
        };
        const dateOf = (row: AnyRow) => localOf(row).toISOString().slice(0, 10);
        const meant = rows.filter(
          (row) =>
            row.nature === 'ordinary' &&
            dateOf(row) >= period.from &&
            dateOf(row) <= period.to &&
            (!isOneAccount || row.isOther),
        );

        const { hours, partners } = await base.db.withTenant(tenant.tenantId, (t) =>
          patternsOf(t, period, 2),
        );

        const hourOf = (row: AnyRow) =>
          `${localOf(row).getUTCDay() || 7} ${localOf(row).getUTCHours()} ${row.direction}`;
        expect(
          hours.map(({ weekday, hour, direction, count, amountCents }) =>
            [weekday, hour, direction, count, amountCents].join(' '),
          ),
        ).toEqual(
          summed(meant, hourOf)
            .map(({ key, count, amountCents }) => `${key} ${count} ${amountCents}`)
            .sort((a, b) => inHours(a) - inHours(b) || (a < b ? -1 : 1)),
        );
        expect(
          partners.map(({ direction, counterparty, count, amountCents }) =>
            [direction, counterparty.name, count, amountCents].join(' '),
          ),
        ).toEqual(
          (['in', 'out'] as const).flatMap((direction) =>
            summed(
              meant.filter((row) => row.direction === direction && row.name !== undefined),
              (row) => row.name ?? '',
            )
              .sort((a, b) => b.amountCents - a.amountCents || a.newest - b.newest)
              .slice(0, 2)
              .map(({ key, count, amountCents }) => `${direction} ${key} ${count} ${amountCents}`),
          ),
        );
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);

function inHours(line: string): number {
  const [weekday, hour] = line.split(' ').map(Number);
  return (weekday ?? 0) * 24 + (hour ?? 0);
}
