import fc from 'fast-check';
import { createCopyText } from '../../db/copy-text.ts';
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
    const text = createCopyText();
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const stored = await test_.db.withTenant(tenant.tenantId, async (t) => {
          await sql`create temporary table echo (n integer, a text, b bigint, c bytea, d bigint[],
            e boolean) on commit drop`.execute(t.query);
          const numbered = rows.map((cells, n) => [n, ...cells]);
          text.clear();
          for (const one of numbered) text.add(one);
          await t.copyIn('copy pg_temp.echo from stdin', [text.bytes()]);
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
    const text = createCopyText();
    expect(() => text.add(['a\0b'])).toThrow('NUL');
    expect(() => text.add(['\ud800'])).toThrow('surrogate');
    expect(text.bytes()).toHaveLength(0);
  });

  test('the memory grows with the rows and is used again', () => {
    const text = createCopyText();
    for (let n = 0; n < 30_000; n += 1) text.add([n, 'Wanjikũ “Kamau”']);
    const lines = text.bytes().toString('utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(30_000);
    expect(lines.at(-1)).toBe('29999\tWanjikũ “Kamau”');

    text.clear();
    text.add(['again']);
    expect(text.bytes().toString('utf8')).toBe('again\n');
  });
});
