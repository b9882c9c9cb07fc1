import { recomputeRollups } from '../../db/rollups.ts';
import { cents, formatMoney } from '../../domain/money.ts';
import { businessDate } from '../../domain/time.ts';
import { postStatement, type Row } from '../db/fixture.ts';
import { readPdfs } from '../simulators/statements/read-pdfs.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';

let stage: ApiStage;

beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

describe('GET /v1/transactions/export?format=pdf', () => {
  test('a PDF shows exactly the selected rows and their sums, page by page', async () => {
    const somebody = await stage.tenant();
    const many: Row[] = Array.from({ length: 5_001 }, (_, minute) => ({
      receipt: `TB${10_000_000 + minute}`,
      direction: minute % 3 === 0 ? 'out' : 'in',
      amountCents: 100 + minute,
      minute,
      details: 'Łukasz “Duka” ラ',
    }));
    const { db } = stage.database;
    const posted = await postStatement(db, somebody, { rows: many });
    const days = [1, 2, 3, 4].map((number) => businessDate(`2026-01-0${number}`));
    await db.withTenant(somebody.tenantId, (t) => recomputeRollups(t, posted.accountId, days));
    const own = await stage.token(somebody);
    const query = '/v1/transactions/export?format=pdf';
    const response = await fetch(`${stage.baseUrl}${query}&direction=out&sort=-occurredAt`, {
      headers: { authorization: `Bearer ${own}` },
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const tooMany = await stage.fetch(query, { token: own });
    const [reading] = readPdfs([{ bytes }]);
    const sent = many.filter(({ direction }) => direction === 'out');
    const total = sent.reduce((sum, { amountCents }) => sum + amountCents, 0);
    const text = reading?.lines.join('\n') ?? '';

    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(text.match(/TB\d{8}/g)).toEqual(sent.map(({ receipt }) => receipt).reverse());
    expect(text).toContain(`${sent.length} transactions`);
    expect(text).toContain(`Withdrawn ${formatMoney(cents(total))}`);
    expect(text).toContain('Shown: direction out');
    expect(text.match(/Page \d+ of \d+/g)).toHaveLength(reading?.pageCount ?? 0);
    expect(text.match(/Time \(Nairobi\)/g)).toHaveLength(reading?.pageCount ?? 0);
    expect(text).toContain('?ukasz “Duka” ?');
    expect([tooMany.status, problemIn(tooMany).type]).toEqual([
      422,
      expect.stringContaining('too-many-to-print'),
    ]);
  });

  test('a PDF of no rows says so on one page', async () => {
    const response = await fetch(`${stage.baseUrl}/v1/transactions/export?format=pdf`, {
      headers: { authorization: `Bearer ${await stage.token(await stage.tenant())}` },
    });
    const [reading] = readPdfs([{ bytes: new Uint8Array(await response.arrayBuffer()) }]);

    expect(reading?.pageCount).toBe(1);
    expect(reading?.lines.join(' ')).toContain('0 transactions');
  });

  test('a business that writes in Swahili prints in Swahili', async () => {
    const somebody = await stage.tenant();
    await stage.database.asOwner(
      `update platform.tenants set settings = '{"language": "sw"}' where id = $1`,
      [somebody.tenantId],
    );
    const query = 'format=pdf&direction=in,out&amountCents[gte]=50000&q=duka';
    const response = await fetch(`${stage.baseUrl}/v1/transactions/export?${query}`, {
      headers: { authorization: `Bearer ${await stage.token(somebody)}` },
    });
    const [reading] = readPdfs([{ bytes: new Uint8Array(await response.arrayBuffer()) }]);
    const text = reading?.lines.join(' ') ?? '';

    expect(text).toContain('Miamala 0 · Zilizoingia KES 0.00 · Zilizotoka KES 0.00');
    expect(text).toContain(
      'Zilizochaguliwa: mwelekeo in au out; angalau KES 500.00; yenye maneno "duka"',
    );
    expect(text).toContain('Ukurasa 1 wa 1');
    expect(text).toContain('Wakati (Nairobi)');
    expect(text).not.toContain('Transactions');
  });
});
