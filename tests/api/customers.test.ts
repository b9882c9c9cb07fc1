/** Customers: recorded one by one and by list, found, changed, put away and taken along. */
import fc from 'fast-check';
import { recordReceived } from '../../db/received-payments.ts';
import { findCustomerByReference } from '../../db/customers.ts';
import { readCustomerRows } from '../../domain/collections/customer-rows.ts';
import { id, parsePublicId, toPublicId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { creditReceipt } from '../../db/ledger.ts';
import { customer as customerAccount, outside } from '../../domain/ledger/movements.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aCollection, aReceipt } from '../support/collections.ts';
import { key, openShop, type Shop } from '../support/payout-api.ts';

let stage: ApiStage;
let shop: Shop;
beforeAll(async () => {
  stage = await openApiStage();
});
beforeEach(async () => {
  shop = await openShop(stage);
});
afterAll(() => stage.close());

const within = <Result>(work: Parameters<ApiStage['database']['db']['withTenant']>[1]) =>
  stage.database.db.withTenant(shop.somebody.tenantId, work) as Promise<Result>;
const get = (path: string) => stage.fetch(path, { token: shop.token });
const post = (path: string, json: object = {}) =>
  stage.fetch(path, { method: 'POST', token: shop.token, headers: key(), json });
const upload = (body: string, { query = '', type = 'text/csv' } = {}) =>
  stage.fetch(`/v1/customer-lists/upload${query}`, {
    ...{ method: 'POST', token: shop.token, body },
    headers: { ...key(), 'content-type': type },
  });

async function aCustomer(json: object = {}): Promise<string> {
  const made = await post('/v1/customers', { reference: 'SHOP-1', name: 'Amina Yusuf', ...json });
  expect(made.status).toBe(201);
  return `/v1/customers/${(made.body as { id: string }).id}`;
}
const auditOf = (action: string) =>
  stage.database.asOwner(
    'select detail from shared.audit_log where tenant_id = $1 and action = $2',
    [shop.somebody.tenantId, action],
  );

describe('a customer', () => {
  test('is changed where something was given, with an audit record that names no person', async () => {
    const path = await aCustomer({ msisdn: '0712345678' });

    const changed = await post(`${path}/details`, { name: 'Amina Hassan', msisdn: '0722000111' });
    expect((await get('/v1/customers?q=0722%20000%20111')).body).toMatchObject({ data: [{}] });
    const bare = await post(`${path}/details`, { msisdn: null });

    expect(changed).toMatchObject({
      ...{ status: 200 },
      body: { reference: 'SHOP-1', name: 'Amina Hassan', msisdn: '2547******11' },
    });
    expect(bare.body).toMatchObject({ name: 'Amina Hassan', msisdn: null });
    expect((await get('/v1/customers?q=hassan')).body).toMatchObject({ data: [{}] });
    expect((await get('/v1/customers?q=yusuf')).body).toMatchObject({ data: [] });
    expect((await get('/v1/customers?q=shop%201')).body).toMatchObject({ data: [{}] });
    expect((await get('/v1/customers?msisdn=0712345678')).body).toMatchObject({ data: [] });
    const audited = JSON.stringify(await auditOf('customer.change'));
    expect(audited).toContain('msisdn');
    expect(audited).not.toMatch(/Amina|2547/);
  });

  test('keeps a reference of their own', async () => {
    const path = await aCustomer();
    await aCustomer({ reference: 'SHOP-2' });

    expect(problemIn(await post(`${path}/details`, { reference: 'shop 2' })).code).toBe(
      'reference-taken',
    );
    expect((await post(`${path}/details`, { reference: 'SHOP-3' })).body).toMatchObject({
      reference: 'SHOP-3',
    });
    expect((await post(`${path}/details`, {})).status).toBe(422);
  });

  test('who is put away is neither listed nor recognised until they are brought back', async () => {
    const path = await aCustomer();
    const known = () => within<unknown>((t) => findCustomerByReference(t, 'SHOP-1'));

    expect((await post(`${path}/archive`)).body).toMatchObject({
      archivedAt: expect.stringMatching(/Z$/),
    });
    expect((await get('/v1/customers')).body).toMatchObject({ data: [] });
    expect((await get('/v1/customers?isArchived=true')).body).toMatchObject({ data: [{}] });
    expect(await known()).toBeUndefined();

    expect((await post(`${path}/restore`)).body).toMatchObject({ archivedAt: null });
    expect((await get('/v1/customers')).body).toMatchObject({ data: [{}] });
    expect(await known()).toBeDefined();
  });

  test('with money in credit is not put away', async () => {
    const path = await aCustomer();
    const customerId = parsePublicId('customer', path.slice('/v1/customers/'.length)) ?? '';
    const { shortcodeId } = shop;
    const postings = [
      { from: outside(shortcodeId), to: customerAccount(customerId), amountCents: cents(100) },
    ];
    await within((t) =>
      creditReceipt(t, {
        ...{ shortcodeId, receipt: aReceipt(), amountCents: cents(100), postings },
        source: { kind: 'c2b', id: customerId, actor: 'service:test' },
      }),
    );

    expect(problemIn(await post(`${path}/archive`)).code).toBe('customer-in-credit');
  });

  test('shows what they paid by request and otherwise, page by page', async () => {
    const path = await aCustomer();
    const customerId = parsePublicId('customer', path.slice('/v1/customers/'.length));
    if (customerId === undefined) throw new Error('no id');
    const { shortcodeId } = shop;
    const receipts = [aReceipt(), aReceipt()];
    await within(async (t) => {
      const collectionId = await aCollection(t, { shortcodeId, customerId });
      await t.query
        .updateTable('collections')
        .set({ status: 'paid', paid_cents: cents(20_000), receipt: receipts[0] ?? '' })
        .set({ paid_at: instantFromEpochMs(Date.now() - 60_000) })
        .where('id', '=', collectionId)
        .execute();
      const arrival = id('receivedPayment', crypto.randomUUID());
      await recordReceived(t, {
        ...{ id: arrival, shortcodeId, receipt: receipts[1] ?? '', source: 'c2b' },
        ...{ amountCents: cents(5_000), workflowId: 'c2b/x' },
        occurredAt: instantFromEpochMs(Date.now()),
        words: { reference: 'SHOP-1', msisdn: '', name: '' },
      });
      await t.query
        .insertInto('allocations')
        .values({
          ...{ tenant_id: t.tenantId, received_payment_id: arrival, target_kind: 'customer' },
          ...{ target_id: customerId, amount_cents: cents(5_000), reason: 'exact' },
          actor: 'service:test',
        })
        .execute();
    });

    const first = await get(`${path}/payments?limit=1`);
    const { nextCursor } = first.body as { nextCursor: string };
    const second = await get(`${path}/payments?limit=1&cursor=${encodeURIComponent(nextCursor)}`);

    expect(first.body).toMatchObject({
      data: [{ kind: 'received', amountCents: 5_000, receipt: receipts[1] }],
    });
    expect(second.body).toMatchObject({
      ...{ hasMore: false },
      data: [{ kind: 'collection', amountCents: 20_000, receipt: receipts[0] }],
    });
    expect((await get(`${path}/payments?cursor=bad`)).status).toBe(400);
    // These rows stand there without their books, which the invariants would name.
    const { tenantId } = shop.somebody;
    await stage.database.asOwner('delete from shared.allocations where tenant_id = $1', [tenantId]);
    await stage.database.asOwner(
      `update shared.collections set status = 'unknown', receipt = null, paid_cents = null,
       paid_at = null where tenant_id = $1`,
      [tenantId],
    );
  });

  test('is taken along in a file, with nothing a spreadsheet would run', async () => {
    await aCustomer({ name: '=HYPERLINK("x")', msisdn: '0712345678' });

    const csv = await get('/v1/customers/export');
    const book = await get('/v1/customers/export?format=xlsx&q=nobody');

    expect(csv.text).toContain("'=HYPERLINK");
    expect(csv.text).toContain('2547******78');
    expect(csv.text).not.toContain('0712345678');
    expect(book.status).toBe(200);
  });
});

describe('a list of customers', () => {
  const good = 'Name;Reference;Phone\nAmina;A-1;0712345678\nOtieno;A-2;\n';

  test('is looked over without a trace, then recorded with a result for every row', async () => {
    await aCustomer({ reference: 'A 1' });
    const rows = `${good};A-3;\nKamau;;\nNjeri;A-4;12\nTwice;a2;\n`;

    const trial = await upload(rows, { query: '?isDryRun=true' });
    expect((await get('/v1/customers')).body).toMatchObject({ data: [{ reference: 'A 1' }] });
    const done = await upload(rows);

    const counts = { known: 1, wrong: 4 };
    expect(trial.body).toMatchObject({ counts: { ...counts, ready: 1, recorded: 0 } });
    expect(done).toMatchObject({
      ...{ status: 200 },
      body: {
        counts: { ...counts, ready: 0, recorded: 1 },
        rows: [
          { rowNumber: 1, state: 'known', customerId: expect.stringMatching(/^cus_/) },
          { rowNumber: 2, state: 'recorded', msisdn: null },
          { rowNumber: 3, state: 'wrong', problem: 'name' },
          { rowNumber: 4, state: 'wrong', problem: 'reference' },
          { rowNumber: 5, state: 'wrong', problem: 'number' },
          { rowNumber: 6, state: 'wrong', problem: 'repeated' },
        ],
      },
    });
    expect((await get('/v1/customers?reference=A-2')).body).toMatchObject({
      data: [{ name: 'Otieno' }],
    });
    expect(await auditOf('customer.list')).toHaveLength(1);
  });

  test('by API takes a thousand rows in one request, and the same again changes nothing', async () => {
    const rows = Array.from({ length: 1_000 }, (_, n) => ({
      ...{ name: `Customer ${n}`, reference: `R-${n}`, phone: '' },
    }));

    const first = await post('/v1/customer-lists', { rows });
    const again = await post('/v1/customer-lists', { rows });

    expect(first.body).toMatchObject({ counts: { recorded: 1_000, known: 0, wrong: 0 } });
    expect(again.body).toMatchObject({ counts: { recorded: 0, known: 1_000, wrong: 0 } });
    const more = [...rows, { name: 'One more', reference: 'R', phone: '' }];
    expect((await post('/v1/customer-lists', { rows: more })).status).toBe(422);
  });

  test.each([
    ['without its columns', 'phone,amount\n1,2\n', 'columns'],
    ['without a row', 'name,reference\n', 'columns'],
    ['that is empty', '', 'empty-file'],
    ['that is no text', 'name,reference\nA\0,B\n', 'unsupported-type'],
    ['with a broken quote', 'name,reference\n"A,B\n', 'malformed-csv'],
    ['with the number of a card', 'name,reference\nA 4111 1111 1111 1111,B\n', 'validation-failed'],
    ['that claims to be a workbook', 'PK\u0003\u0004', 'malformed-workbook'],
    ['of more than 2 MB', 'x'.repeat(2_000_001), 'file-too-large'],
  ])('%s is refused', async (_what, body, code) => {
    expect(problemIn(await upload(body)).code).toBe(code);
  });

  test('says of every row what it is, whatever stands in it', () => {
    const candidate = fc.record({ name: fc.string(), reference: fc.string(), phone: fc.string() });
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 20 }), (candidates) => {
        const rows = readCustomerRows(candidates);
        expect(rows.map(({ rowNumber }) => rowNumber)).toEqual(candidates.map((_, n) => n + 1));
        for (const row of rows.filter(({ problem }) => problem === null)) {
          expect(row.name.trim()).not.toBe('');
          expect(row.reference.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});

test('a customer of nobody is not found, in every way', async () => {
  const path = `/v1/customers/${toPublicId('customer', id('customer', crypto.randomUUID()))}`;

  const answers = [
    await post(`${path}/details`, { name: 'X' }),
    await post(`${path}/archive`),
    await post(`${path}/restore`),
    await get(`${path}/payments`),
  ];

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
});
