/** Invoices: numbered without gaps, paid in parts by prompt, link and hand, and voided. */
import { randomUUID } from 'node:crypto';
import { allocateReceived } from '../../activities/received-payments.ts';
import { keepForCustomer } from '../../db/collection-ledger.ts';
import { findCollection, patchCollection } from '../../db/collections.ts';
import type { TenantHandle } from '../../db/database.ts';
import { notePaidByLink } from '../../db/link-payments.ts';
import { recordReceived } from '../../db/received-payments.ts';
import { id, parsePublicId, toPublicId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { addDays, businessDateOf, instantFromEpochMs } from '../../domain/time.ts';
import type { UpdateOutcome } from '../../temporal/client.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { aReceipt, payCollection } from '../support/collections.ts';
import { key, openShop, type Shop } from '../support/payout-api.ts';

let stage: ApiStage;
let shop: Shop;
let customerId: string;
/** By how much the clock of the API is ahead of the real one. */
let aheadMs = 0;
const today = businessDateOf(instantFromEpochMs(Date.now()));
const inDays = (days: number) => addDays(today, days);

beforeAll(async () => {
  const verdict = { kind: 'prompted', customerMessage: 'Success' };
  const startAndAsk = async () => ({ kind: 'answered', verdict }) as UpdateOutcome<never>;
  stage = await openApiStage({
    temporal: { startAndAsk },
    world: { now: () => Date.now() + aheadMs },
  });
});
beforeEach(async () => {
  aheadMs = 0;
  shop = await openShop(stage);
  customerId = await aCustomer({ msisdn: '0712345678' });
});
afterAll(() => stage.close());

const within = <Result>(work: (t: TenantHandle) => Promise<Result>) =>
  stage.database.db.withTenant(shop.somebody.tenantId, work);
const get = (path: string) => stage.fetch(path, { token: shop.token });
const post = (path: string, json: object = {}, headers: Record<string, string> = key()) =>
  stage.fetch(path, { method: 'POST', token: shop.token, headers, json });

async function aCustomer(json: object = {}): Promise<string> {
  const body = { reference: `P-${randomUUID().slice(0, 8)}`, name: 'Amina Yusuf', ...json };
  const made = await post('/v1/customers', body);
  expect(made.status).toBe(201);
  return (made.body as { id: string }).id;
}

interface InvoiceView {
  id: string;
  number: string;
  paymentLinkId: string;
  url: string;
}

const wish = (change: object = {}) => ({
  ...{ customerId, shortcodeId: toPublicId('shortcode', shop.shortcodeId), dueOn: inDays(14) },
  lines: [
    { description: 'Tuition, term 1', quantity: 1, unitCents: 1_200_000 },
    { description: 'Lunch', quantity: 3, unitCents: 100_050 },
    { description: 'Books', unitCents: 99_850 },
  ],
  ...change,
});

async function anInvoice(change: object = {}): Promise<InvoiceView & { path: string }> {
  const made = await post('/v1/invoices', wish(change));
  expect(made).toMatchObject({ status: 201 });
  const invoice = made.body as InvoiceView;
  return { ...invoice, path: `/v1/invoices/${invoice.id}` };
}

/** What a run does once the payer has paid. */
async function paid(publicId: string, amountCents: number): Promise<void> {
  const collectionId = parsePublicId('collection', publicId);
  if (collectionId === undefined) throw new Error('no collection');
  await within(async (t) => {
    const credit = { collectionId, shortcodeId: shop.shortcodeId, amountCents: cents(amountCents) };
    await payCollection(t, credit);
    const linkId = (await findCollection(t, collectionId))?.paymentLinkId;
    if (linkId === undefined || linkId === null) throw new Error('the prompt is not of a link');
    await notePaidByLink(t, { linkId, amountCents: cents(amountCents) });
  });
}

/** What other systems heard of invoices, in order. */
async function told(): Promise<string[]> {
  const events = await stage.database.asOwner(
    `select type from shared.outbox where tenant_id = $1 and type like 'invoice.%' order by seq`,
    [shop.somebody.tenantId],
  );
  return events.map(({ type }) => String(type));
}

describe('an invoice', () => {
  test('says what is owed for what, by when, and where it is paid', async () => {
    const { path, number, id: publicId } = await anInvoice();

    const read = await get(path);

    expect(number).toBe('INV-000001');
    expect(read.body).toMatchObject({
      ...{
        id: publicId,
        status: 'open',
        totalCents: 1_600_000,
        paidCents: 0,
        openCents: 1_600_000,
      },
      ...{ issuedOn: today, dueOn: inDays(14), customerMsisdn: '2547******78' },
      customer: { id: customerId, name: 'Amina Yusuf' },
      lines: [
        { description: 'Tuition, term 1', quantity: 1, amountCents: 1_200_000 },
        { description: 'Lunch', quantity: 3, unitCents: 100_050, amountCents: 300_150 },
        { description: 'Books', quantity: 1, amountCents: 99_850 },
      ],
      payments: [],
    });
    const audit = await get('/v1/audit?action=invoice.send');
    expect(audit.body).toMatchObject({ data: [{ detail: { totalCents: 1_600_000 } }] });
  });

  test('is sent once by the same key, and numbers have no gap when many are sent at once', async () => {
    const headers = key();
    const first = await post('/v1/invoices', wish(), headers);
    const again = await post('/v1/invoices', wish(), headers);
    expect(again.body).toEqual(first.body);

    const refused = await post('/v1/invoices', wish({ shortcodeId: `shc_${'0'.repeat(32)}` }));
    expect(refused.status).toBe(422);
    const many = await Promise.all(Array.from({ length: 12 }, () => anInvoice()));

    const numbers = many.map(({ number }) => Number(number.slice(4))).toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 12 }, (_, index) => index + 2));
  });

  test.each([
    ['/lines', { lines: [{ description: 'Half', unitCents: 150 }] }],
    ['/lines', { lines: [] }],
    ['/lines/0/quantity', { lines: [{ description: 'None', quantity: 0, unitCents: 100 }] }],
    ['/dueOn', { dueOn: inDays(-1) }],
    ['/customerId', { customerId: `cus_${'0'.repeat(32)}` }],
    ['/shortcodeId', { shortcodeId: `shc_${'0'.repeat(32)}` }],
  ])('is refused where %s is wrong', async (pointer, change) => {
    const refused = await post('/v1/invoices', wish(change));

    expect(problemIn(refused)).toMatchObject({ code: 'validation-failed', errors: [{ pointer }] });
    expect((await get('/v1/invoices')).body).toMatchObject({ data: [] });
  });

  test('of a customer who was put away is refused', async () => {
    await post(`/v1/customers/${customerId}/archive`);

    expect(problemIn(await post('/v1/invoices', wish())).errors).toMatchObject([
      { pointer: '/customerId', detail: expect.stringContaining('put away') },
    ]);
  });
});

describe('paying an invoice', () => {
  test('by prompt: to the customer’s number, for what is open, one at a time', async () => {
    const { path, number } = await anInvoice();

    const asked = await post(`${path}/requests`);
    const again = await post(`${path}/requests`);

    expect(asked).toMatchObject({
      status: 201,
      body: {
        ...{ source: 'invoice', amountCents: 1_600_000, accountReference: number },
        ...{ msisdn: '2547******78', customerId },
      },
    });
    const { id: publicId } = asked.body as { id: string };
    expect(again.body).toMatchObject({ id: publicId });
    await paid(publicId, 1_600_000);
    expect(await told()).toEqual(['invoice.sent', 'invoice.paid']);
    expect((await get(path)).body).toMatchObject({
      ...{ status: 'paid', openCents: 0 },
      payments: [{ kind: 'collection', id: publicId, amountCents: 1_600_000 }],
    });
    expect(problemIn(await post(`${path}/requests`)).code).toBe('invoice-not-open');
    const listed = await get('/v1/collections?source=invoice');
    expect(listed.body).toMatchObject({ data: [{ id: publicId }] });
  });

  test('in parts, no more than is open and one prompt can move', async () => {
    const lines = [{ description: 'Rent of the shop', unitCents: 30_000_000 }];
    const { path } = await anInvoice({ lines });

    const whole = await post(`${path}/requests`);
    const msisdn = '0722000111';
    const tooMuch = await post(`${path}/requests`, { msisdn, amountCents: 25_000_100 });
    expect(whole.body).toMatchObject({ amountCents: 25_000_000 });
    expect(problemIn(tooMuch).code).toBe('validation-failed');
    await paid((whole.body as { id: string }).id, 25_000_000);
    const rest = await post(`${path}/requests`, { msisdn, amountCents: 5_000_100 });

    expect(problemIn(rest).errors).toMatchObject([{ pointer: '/amountCents' }]);
    expect((await get(path)).body).toMatchObject({ status: 'open', openCents: 5_000_000 });
  });

  test('by two phones is asked of one at a time, or in parts that fit', async () => {
    const { path, url } = await anInvoice();
    const pay = `/v1/pay/${url.split('/').at(-1)}/requests`;
    await post(`${path}/requests`, { amountCents: 1_000_000 });

    const rest = await stage.fetch(pay, { json: { msisdn: '0722000111' } });
    const third = await stage.fetch(pay, { json: { msisdn: '0733000111' } });
    const fourth = await post(`${path}/requests`, { msisdn: '0744000111', amountCents: 100 });

    expect(rest.status).toBe(201);
    expect(problemIn(third)).toMatchObject({ code: 'prompt-under-way' });
    expect(third.headers.get('retry-after')).toBe('60');
    expect(problemIn(fourth).code).toBe('prompt-under-way');
    const asked = await get('/v1/collections?source=invoice');
    const { data } = asked.body as { data: { amountCents: number }[] };
    expect(data.map(({ amountCents }) => amountCents)).toEqual([600_000, 1_000_000]);
  });

  test('too much by a push is kept for the customer, and is not given back a second time', async () => {
    const { path } = await anInvoice();
    const asked = await post(`${path}/requests`);
    const publicId = (asked.body as { id: string }).id;
    const collectionId = parsePublicId('collection', publicId);
    const who = parsePublicId('customer', customerId);
    if (collectionId === undefined || who === undefined) throw new Error('no collection');
    await paid(publicId, 1_600_000);
    const { shortcodeId } = shop;
    await within((t) =>
      keepForCustomer(t, {
        ...{ collectionId, customerId: who, shortcodeId, amountCents: cents(600_000) },
        occurredAt: instantFromEpochMs(Date.now()),
        source: { kind: 'collection', id: collectionId, actor: 'service:test' },
      }),
    );

    const shown = await get(`/v1/collections/${publicId}`);
    const refund = await post(`/v1/collections/${publicId}/refunds`, {
      ...{ amountCents: 1_000_100, method: 'payout', reason: 'a test' },
    });

    expect(shown.body).toMatchObject({ keptCents: 600_000, leftToRefundCents: 1_000_000 });
    expect(problemIn(refund).code).toBe('refund-too-large');
    expect((await get(`/v1/customers/${customerId}`)).body).toMatchObject({ creditCents: 600_000 });
  });

  test('by prompt needs a number', async () => {
    const { path } = await anInvoice({ customerId: await aCustomer() });

    const refused = await post(`${path}/requests`);

    expect(problemIn(refused).errors).toMatchObject([{ pointer: '/msisdn' }]);
  });

  test('by the page of its link: lines to read, and a part if the payer likes', async () => {
    const { url, path } = await anInvoice();
    const pay = `/v1/pay/${url.split('/').at(-1)}`;

    const page = await stage.fetch(pay);
    const part = await stage.fetch(`${pay}/requests`, {
      json: { msisdn: '0722000111', amountCents: 400_000 },
    });
    const over = await stage.fetch(`${pay}/requests`, {
      json: { msisdn: '0733000111', amountCents: 1_600_100 },
    });

    expect(page.body).toMatchObject({
      ...{ title: 'INV-000001', amountCents: 1_600_000, promptMaxCents: 1_600_000 },
      invoice: {
        ...{ dueOn: inDays(14), isOverdue: false, paidCents: 0 },
        lines: [{ description: 'Tuition, term 1' }, { quantity: 3 }, { description: 'Books' }],
      },
    });
    expect(page.text).not.toMatch(/Amina|712345678/);
    expect(part.status).toBe(201);
    expect(problemIn(over).code).toBe('validation-failed');
    await paid((part.body as { id: string }).id, 400_000);
    expect((await stage.fetch(pay)).body).toMatchObject({
      ...{ state: 'open', amountCents: 1_200_000 },
      invoice: { totalCents: 1_600_000, paidCents: 400_000 },
    });
    expect((await get(path)).body).toMatchObject({ paidCents: 400_000, status: 'open' });
  });

  test('by hand, with the number as account number however it is typed', async () => {
    const { path } = await anInvoice();
    const receipt = aReceipt();
    const payment = { id: id('receivedPayment', randomUUID()), workflowId: `c2b/${receipt}` };
    await within(async (t) => {
      await recordReceived(t, {
        ...{ ...payment, shortcodeId: shop.shortcodeId, receipt, source: 'c2b' },
        ...{ amountCents: cents(1_600_000), occurredAt: instantFromEpochMs(Date.now()) },
        words: { reference: ' inv-O0000i ', msisdn: '254712345678', name: 'AMINA' },
      });
      const arriving = { receivedPaymentId: payment.id, workflowId: payment.workflowId };
      await allocateReceived(t, { ...arriving, nowMs: Date.now(), timeScale: 1, isLastTry: false });
    });

    expect((await get(path)).body).toMatchObject({
      status: 'paid',
      payments: [{ kind: 'received', receipt, amountCents: 1_600_000 }],
    });
  });
});

describe('voiding', () => {
  test('keeps the number, closes the link, and is told why', async () => {
    const { path, paymentLinkId, url } = await anInvoice();

    const closing = await post(`/v1/payment-links/${paymentLinkId}/close`);
    const voided = await post(`${path}/void`, { reason: 'sent to the wrong customer' });
    const again = await post(`${path}/void`, { reason: 'sent to the wrong customer' });

    expect(problemIn(closing).code).toBe('link-of-invoice');
    expect(voided.body).toMatchObject({
      ...{ status: 'void', openCents: 0, voidReason: 'sent to the wrong customer' },
    });
    expect(problemIn(again)).toMatchObject({
      ...{ code: 'invoice-not-open', detail: 'It is void already.' },
    });
    const pay = `/v1/pay/${url.split('/').at(-1)}/requests`;
    const late = await stage.fetch(pay, { json: { msisdn: '0722000111' } });
    expect(problemIn(late).code).toBe('link-not-open');
    expect(problemIn(await post(`${path}/requests`)).code).toBe('invoice-not-open');
    expect((await anInvoice()).number).toBe('INV-000002');
    expect((await get('/v1/audit?action=invoice.void')).body).toMatchObject({ data: [{}] });
  });

  test('waits for the end of a prompt, by which money may still come', async () => {
    const { path } = await anInvoice();
    const asked = await post(`${path}/requests`);
    const collectionId = parsePublicId('collection', (asked.body as { id: string }).id);
    if (collectionId === undefined) throw new Error('no collection');
    const reason = { reason: 'a mistake' };

    const early = await post(`${path}/void`, reason);
    await within((t) => patchCollection(t, collectionId, { status: 'unknown' }));
    const unknown = await post(`${path}/void`, reason);
    await within((t) => patchCollection(t, collectionId, { status: 'refused' }));

    expect(problemIn(early)).toMatchObject({ detail: expect.stringContaining('not over') });
    expect(problemIn(unknown).code).toBe('invoice-not-open');
    expect(await post(`${path}/void`, reason)).toMatchObject({ status: 200 });
  });

  test('and prompting at the same moment: one of both wins', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { path } = await anInvoice();
      const [voided, asked] = await Promise.all([
        post(`${path}/void`, { reason: 'a mistake' }),
        post(`${path}/requests`),
      ]);

      const won = [voided.status === 200, asked.status === 201];
      expect(won.filter(Boolean)).toHaveLength(1);
    }
  });

  test('is refused once something was paid', async () => {
    const { path } = await anInvoice();
    const asked = await post(`${path}/requests`, { amountCents: 100_000 });
    await paid((asked.body as { id: string }).id, 100_000);

    const refused = await post(`${path}/void`, { reason: 'a mistake' });

    expect(problemIn(refused).detail).toBe('Money was paid on it.');
  });
});

describe('the list of invoices', () => {
  test('is filtered by status of the day, customer, due day and what is typed; summed; taken along', async () => {
    const other = await aCustomer({ name: '=Otieno Odhiambo' });
    aheadMs = -2 * 86_400_000;
    await anInvoice({ dueOn: inDays(-1) });
    aheadMs = 0;
    const second = await anInvoice({ customerId: other });
    const third = await anInvoice();
    await post(`${third.path}/void`, { reason: 'a mistake' });
    const found = async (query: string) => {
      const { body } = await get(`/v1/invoices?${query}`);
      return (body as { data: InvoiceView[] }).data.map(({ number }) => Number(number.slice(4)));
    };

    expect(await found('')).toEqual([3, 2, 1]);
    expect(await found('status=overdue')).toEqual([1]);
    expect(await found('status=open,void')).toEqual([3, 2]);
    expect(await found(`customerId=${other}`)).toEqual([2]);
    expect(await found(`dueFrom=${inDays(0)}`)).toEqual([3, 2]);
    expect(await found(`dueTo=${inDays(-1)}`)).toEqual([1]);
    expect(await found('q=inv%202')).toEqual([2]);
    expect(await found('q=otieno')).toEqual([2]);
    const first = await get('/v1/invoices?limit=2');
    const { nextCursor } = first.body as { nextCursor: string };
    expect(await found(`limit=2&cursor=${nextCursor}`)).toEqual([1]);
    expect((await get('/v1/invoices/summary')).body).toEqual({
      ...{ count: 3, openCents: 3_200_000, currency: 'KES' },
      byStatus: [
        { status: 'open', count: 1, totalCents: 1_600_000, openCents: 1_600_000 },
        { status: 'overdue', count: 1, totalCents: 1_600_000, openCents: 1_600_000 },
        { status: 'void', count: 1, totalCents: 1_600_000, openCents: 0 },
      ],
    });
    const csv = await get('/v1/invoices/export?status=open');
    expect(csv.text).toContain(
      `INV-000002,open,"'=Otieno Odhiambo",${today},${inDays(14)},16000.00`,
    );
    expect(csv.text).not.toContain('INV-000001');
    const hit = await get('/v1/search?q=inv-2');
    expect(hit.body).toMatchObject({
      data: [{ kind: 'invoice', hits: [{ id: second.id, title: 'INV-000002' }] }],
    });
  });

  test('tells links of invoices from those that stand by themselves', async () => {
    const { id: publicId } = await anInvoice();

    const links = await get('/v1/payment-links');

    expect(links.body).toMatchObject({ data: [{ title: 'INV-000001', invoiceId: publicId }] });
  });
});
