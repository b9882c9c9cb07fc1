import { randomUUID } from 'node:crypto';
import * as xlsx from '@e965/xlsx';
import { toPublicId } from '../../domain/ids.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aShortcode } from '../support/collections.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const lower = { kind: 'per-day', amountCents: 1_000_00, reason: 'Quiet month' };
const higher = { kind: 'per-day', amountCents: 900_000_00, reason: 'Harvest' };

interface Limits {
  businessDate: string;
  limits: { kind: string; limitCents: number; leftCents: number | null }[];
  changes: { id: string; status: string }[];
}

describe('limits', () => {
  const limitsOf = async (token: string) =>
    (await stage.fetch('/v1/limits', { token })).body as Limits;
  const perDay = ({ limits }: Limits) => limits.find(({ kind }) => kind === 'per-day')?.limitCents;
  const propose = (token: string, json: object) =>
    stage.fetch('/v1/limits/changes', { token, json });

  test('are those of the tier, and lowering one holds at once', async () => {
    const token = await stage.token(await stage.tenant());
    expect(perDay(await limitsOf(token))).toBe(300_000_00);

    const changed = await propose(token, lower);

    expect(changed).toMatchObject({ status: 201, body: { status: 'active', isRaise: false } });
    expect(perDay(await limitsOf(token))).toBe(1_000_00);
  });

  test('raising one needs a second person with a fresh second factor, once', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    const { id } = (await propose(token, higher)).body as { id: string };
    const decide = (by: string, decision = 'approve') =>
      stage.fetch(`/v1/limits/changes/${id}/decision`, { token: by, json: { decision } });
    const stale = await stage.token(somebody, { role: 'finance', hasSecondFactor: false });
    const checker = await stage.token(somebody, { role: 'finance' });

    expect(problemIn(await decide(token)).code).toBe('own-request');
    expect(problemIn(await decide(stale)).code).toBe('fresh-mfa-needed');
    expect(perDay(await limitsOf(token))).toBe(300_000_00);
    expect(await decide(checker)).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(perDay(await limitsOf(token))).toBe(900_000_00);
    expect(problemIn(await decide(checker)).code).toBe('change-not-waiting');
  });

  test('a raise that expires before it begins, or began in the past, is refused', async () => {
    const token = await stage.token(await stage.tenant());
    const past = await propose(token, { ...lower, effectiveFrom: '2020-01-01' });
    const { businessDate } = await limitsOf(token);
    const backwards = await propose(token, { ...higher, expiresOn: businessDate });

    expect(problemIn(past).errors).toMatchObject([{ pointer: '/effectiveFrom' }]);
    expect(problemIn(backwards).errors).toMatchObject([{ pointer: '/expiresOn' }]);
  });
});

describe('tariffs', () => {
  test('are listed with their days, and an amount is quoted', async () => {
    const token = await stage.token(await stage.tenant());
    const list = await stage.fetch('/v1/tariffs?product=b2c', { token });
    const quote = await stage.fetch('/v1/tariffs/quote?product=b2c&amountCents=250000', { token });
    const none = await stage.fetch('/v1/tariffs/quote?product=b2c&amountCents=99000000', { token });

    expect(list.body).toMatchObject({ data: [{ product: 'b2c', effectiveFrom: '2023-08-01' }] });
    expect(quote.body).toMatchObject({ chargeCents: 900, currency: 'KES' });
    expect(problemIn(none).status).toBe(422);
  });
});

describe('payout batches', () => {
  async function aShop() {
    const somebody = await stage.tenant();
    const shortcodeId = await stage.database.db.withTenant(somebody.tenantId, (t) => aShortcode(t));
    const shortcode = toPublicId('shortcode', shortcodeId);
    return { somebody, token: await stage.token(somebody), shortcode };
  }
  const headers = () => ({ 'idempotency-key': randomUUID() });

  test('a CSV is read row by row, with the problem of each', async () => {
    const { token, shortcode } = await aShop();
    const csv = [
      'Phone Number;Amount;Name;Reference',
      '0712345678;1,500;Njeri;A1',
      '712345678;1500;Njeri again;A1',
      '0712345679;15.50;Otieno;A2',
      'abc;100;Nobody;A3',
      '',
    ].join('\n');
    const query = `shortcodeId=${shortcode}&kind=salary-payment&name=November`;
    const drafted = await stage.fetch(`/v1/payout-batches/upload?${query}`, {
      ...{ token, body: csv, headers: { 'content-type': 'text/csv' } },
    });

    expect(drafted).toMatchObject({
      status: 201,
      body: { source: 'csv', rowCount: 4, totalCents: 150_000, counts: { errors: 3 } },
    });
    const { id } = drafted.body as { id: string };
    const rows = await stage.fetch(`/v1/payout-batches/${id}/rows`, { token });
    expect((rows.body as { data: object[] }).data).toMatchObject([
      { state: 'waiting', amountCents: 150_000 },
      { state: 'error', problem: 'repeated' },
      { state: 'error', problem: 'amount-invalid' },
      { state: 'error', problem: 'payee-invalid' },
    ]);
    const errors = await stage.fetch(`/v1/payout-batches/${id}/rows?state=error`, { token });
    expect((errors.body as { data: object[] }).data).toHaveLength(3);
  });

  test('a workbook is read like the CSV it could have been', async () => {
    const { token, shortcode } = await aShop();
    const sheet = xlsx.utils.aoa_to_sheet([
      ['Phone Number', 'Amount', 'Name', 'Reference'],
      [254712345678, 1500, 'Njeri', 'A1'],
      ['0712345679', '2,000', 'Otieno', 'A2'],
      ['abc', 100, 'Nobody', 'A3'],
    ]);
    const book = xlsx.utils.book_new(sheet, 'November');
    const bytes: Buffer = xlsx.write(book, { type: 'buffer', bookType: 'xlsx' });
    const query = `shortcodeId=${shortcode}&kind=salary-payment&name=November`;

    const answer = await fetch(`${stage.baseUrl}/v1/payout-batches/upload?${query}`, {
      ...{ method: 'POST', body: new Uint8Array(bytes) },
      headers: { authorization: `Bearer ${token}`, ...headers() },
    });

    expect(await answer.json()).toMatchObject({
      ...{ source: 'xlsx', rowCount: 3, totalCents: 350_000, counts: { errors: 1 } },
    });
  });

  test.each([
    ['no column of amounts', 'phone,name\n0712345678,x', 'columns'],
    ['no rows', 'phone,amount\n', 'columns'],
    ['nothing', '', 'empty-file'],
    ['a broken quote', 'phone,amount\n"0712,1', 'malformed-csv'],
  ])('a file with %s is refused', async (_what, body, code) => {
    const { token, shortcode } = await aShop();
    const query = `shortcodeId=${shortcode}&kind=salary-payment&name=November`;
    const answer = await stage.fetch(`/v1/payout-batches/upload?${query}`, {
      ...{ token, body, headers: { 'content-type': 'text/csv' } },
    });

    expect(problemIn(answer).code).toBe(code);
  });

  test('above the limit it waits for a second person, and is submitted once', async () => {
    const { somebody, token, shortcode } = await aShop();
    const rows = Array.from({ length: 20 }, (_, n) => ({
      ...{ number: `07123456${String(n).padStart(2, '0')}`, amount: '1000' },
    }));
    const drafted = await stage.fetch('/v1/payout-batches', {
      ...{ token, headers: headers() },
      json: { shortcodeId: shortcode, kind: 'salary-payment', name: 'November', rows },
    });
    const { id } = drafted.body as { id: string };
    const act = (name: string, by: string, json: object = {}) =>
      stage.fetch(`/v1/payout-batches/${id}/${name}`, { token: by, json, headers: headers() });
    const checker = await stage.token(somebody, { role: 'finance' });

    expect(await act('submit', token)).toMatchObject({
      ...{ status: 202, body: { status: 'awaiting-approval', totalCents: 2_000_000 } },
    });
    expect(problemIn(await act('submit', token)).code).toBe('batch-not-waiting');
    expect(problemIn(await act('approve', token)).code).toBe('own-request');
    expect(problemIn(await act('approve', checker)).code).toBe('batch-not-waiting');
    expect(problemIn(await act('retry', token)).code).toBe('batch-not-waiting');
  });
});
