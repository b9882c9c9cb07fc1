import fc from 'fast-check';
import { copyText } from '../../db/copy-text.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from './fixture.ts';
import type { TestTenant } from './fixture.ts';
import { sql } from 'kysely';

let test_: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  test_ = await createTestDatabase();
  tenant = await aTenant(test_.db);
});
afterAll(() => test_.drop());

const storableText = fc
  .string({ unit: 'binary', maxLength: 40 })
  .filter((text) => text.isWellFormed() && !text.includes('\0'));

describe('COPY text', () => {
  test('every storable value arrives exactly as it was', async () => {
    const row = fc.tuple(
      fc.oneof(storableText, fc.constantFrom('\\N', '\\.', 'a\tb\\n', '\r\n', '{}', 'NULL')),
      fc.option(fc.maxSafeInteger()),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const stored = await test_.db.withTenant(tenant.tenantId, async (t) => {
          await sql`create temporary table echo (n integer, a text, b bigint, c bytea, d bigint[],
            e boolean) on commit drop`.execute(t.query);
          const numbered = rows.map((cells, n) => [n, ...cells]);
          await t.copyIn('copy pg_temp.echo from stdin', copyText(numbered));
          const found = await sql<{ a: string; b: number | null; c: Buffer; d: string[] }>`
            select a, b, c, d::text[] as d, e from pg_temp.echo order by n`.execute(t.query);
          return found.rows;
        });
        expect(stored).toEqual(rows.map(([a, b, c, d, e]) => ({ a, b, c, d, e })));
      }),
      { numRuns: 40 },
    );
  });

  test('text PostgreSQL cannot hold is refused before anything is sent', () => {
    expect(() => [...copyText([['a\0b']])]).toThrow('NUL');
    expect(() => [...copyText([['\ud800']])]).toThrow('surrogate');
  });

  test('rows are sent in chunks, so that a large file is never one string', () => {
    const rows = Array.from({ length: 1_201 }, (_, n) => [n]);
    const chunks = [...copyText(rows)];
    expect(chunks).toHaveLength(3);
    expect(chunks.join('').trimEnd().split('\n')).toHaveLength(1_201);
  });
});
