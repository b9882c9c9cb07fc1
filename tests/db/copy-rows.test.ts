import fc from 'fast-check';
import { sql } from 'kysely';
import { createCopyRows } from '../../db/copy-rows.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from './fixture.ts';
import type { TestTenant } from './fixture.ts';

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

interface Echo {
  a: string;
  b: number | null;
  c: Buffer;
  d: string[];
  e: boolean;
  f: string;
  g: string;
}

describe('rows for COPY', () => {
  test('every storable value arrives exactly as it was', async () => {
    const row = fc.record({
      a: fc.oneof(storableText, fc.constantFrom('\\N', '\\.', 'a\tb\\n', '\r\n', '{}', 'NULL')),
      b: fc.option(fc.maxSafeInteger()),
      c: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      d: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
      e: fc.boolean(),
      f: fc.uuid(),
      g: fc
        .date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    });
    const copied = createCopyRows([
      ...(['integer', 'text', 'bigint', 'bytea', 'bigint[]', 'boolean', 'uuid'] as const),
      'timestamptz',
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        copied.clear();
        rows.forEach(({ a, b, c, d, e, f, g }, n) => copied.add([n, a, b, c, d, e, f, g]));
        expect(await echoOf(copied.bytes())).toEqual(rows);
      }),
      { numRuns: 40 },
    );
  });

  test('text PostgreSQL cannot hold is refused before anything is sent', () => {
    const rows = createCopyRows(['text']);
    const { byteLength } = rows.bytes();
    expect(() => rows.add(['a\0b'])).toThrow('NUL');
    expect(() => rows.add(['\ud800'])).toThrow('surrogate');
    expect(rows.bytes()).toHaveLength(byteLength);
  });

  test('a value its column cannot hold is refused', () => {
    expect(() => createCopyRows(['bigint']).add([2 ** 53])).toThrow(RangeError);
    expect(() => createCopyRows(['integer']).add([2 ** 31])).toThrow('out of range');
    expect(() => createCopyRows(['integer']).add(['1'])).toThrow('integer');
    expect(() => createCopyRows(['timestamptz']).add(['yesterday'])).toThrow(RangeError);
    expect(() => createCopyRows(['text', 'text']).add(['one'])).toThrow(RangeError);
  });

  test('the memory grows with the rows and is used again', () => {
    const rows = createCopyRows(['integer', 'text']);
    const empty = rows.bytes().byteLength;
    rows.add([0, 'Wanjikũ “Kamau”']);
    const one = rows.bytes().byteLength - empty;
    for (let n = 1; n < 30_000; n += 1) rows.add([n, 'Wanjikũ “Kamau”']);
    expect(rows.bytes()).toHaveLength(empty + 30_000 * one);

    rows.clear();
    expect(rows.bytes()).toHaveLength(empty);
  });
});

/** What PostgreSQL makes of the message. */
function echoOf(bytes: Buffer): Promise<Echo[]> {
  return test_.db.withTenant(tenant.tenantId, async (t) => {
    await sql`create temporary table echo (n integer, a text, b bigint, c bytea, d bigint[],
      e boolean, f uuid, g timestamptz) on commit drop`.execute(t.query);
    await t.copyIn('copy pg_temp.echo from stdin (format binary)', [bytes]);
    const found = await sql<Echo>`
      select a, b, c, d::text[] as d, e, f, g from pg_temp.echo order by n`.execute(t.query);
    return found.rows;
  });
}
