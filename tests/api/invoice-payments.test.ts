/** How invoices are paid: by prompt, by the page of their link and by hand, in parts and too much. */
import { randomUUID } from 'node:crypto';
import { allocateReceived } from '../../activities/received-payments.ts';
import { keepForCustomer } from '../../db/collection-ledger.ts';
import { recordReceived } from '../../db/received-payments.ts';
import { id, parsePublicId } from '../../domain/ids.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { problemIn } from '../support/api.ts';
import { aReceipt } from '../support/collections.ts';
import { inDays, invoiceSuite } from '../support/invoice-api.ts';

const suite = invoiceSuite();
const { get, post, within, aCustomer, anInvoice, paid, told } = suite;

describe('paying an invoice', () => {
  test('by prompt: to the customer’s number, for what is open, one at a time', async () => {
    const { path, number } = await anInvoice();

    const asked = await post(`${path}/requests`);
    const again = await post(`${path}/requests`);

    expect(asked).toMatchObject({
      status: 201,
      body: {
        ...{ source: 'invoice', amountCents: 1_600_000, accountReference: number },
        ...{ msisdn: '2547******78', customerId: suite.customerId },
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
    const lines = [{ description: 'Rent of the suite.shop', unitCents: 30_000_000 }];
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

    const rest = await suite.stage.fetch(pay, { json: { msisdn: '0722000111' } });
    const third = await suite.stage.fetch(pay, { json: { msisdn: '0733000111' } });
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
    const who = parsePublicId('customer', suite.customerId);
    if (collectionId === undefined || who === undefined) throw new Error('no collection');
    await paid(publicId, 1_600_000);
    const { shortcodeId } = suite.shop;
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
    expect((await get(`/v1/customers/${suite.customerId}`)).body).toMatchObject({
      creditCents: 600_000,
    });
  });

  test('by prompt needs a number', async () => {
    const { path } = await anInvoice({ customerId: await aCustomer() });

    const refused = await post(`${path}/requests`);

    expect(problemIn(refused).errors).toMatchObject([{ pointer: '/msisdn' }]);
  });

  test('by the page of its link: lines to read, and a part if the payer likes', async () => {
    const { url, path } = await anInvoice();
    const pay = `/v1/pay/${url.split('/').at(-1)}`;

    const page = await suite.stage.fetch(pay);
    const part = await suite.stage.fetch(`${pay}/requests`, {
      json: { msisdn: '0722000111', amountCents: 400_000 },
    });
    const over = await suite.stage.fetch(`${pay}/requests`, {
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
    expect((await suite.stage.fetch(pay)).body).toMatchObject({
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
        ...{ ...payment, shortcodeId: suite.shop.shortcodeId, receipt, source: 'c2b' },
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
