/** Invoices: numbered without gaps, listed, taken along and voided. */
import { patchCollection } from '../../db/collections.ts';
import { parsePublicId } from '../../domain/ids.ts';
import { problemIn } from '../support/api.ts';
import { inDays, invoiceSuite, today, type InvoiceView } from '../support/invoice-api.ts';
import { key } from '../support/payout-api.ts';

const suite = invoiceSuite();
const { get, post, within, aCustomer, wish, anInvoice, paid } = suite;

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
      customer: { id: suite.customerId, name: 'Amina Yusuf' },
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
    await post(`/v1/customers/${suite.customerId}/archive`);

    expect(problemIn(await post('/v1/invoices', wish())).errors).toMatchObject([
      { pointer: '/customerId', detail: expect.stringContaining('put away') },
    ]);
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
    const late = await suite.stage.fetch(pay, { json: { msisdn: '0722000111' } });
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
    suite.aheadMs = -2 * 86_400_000;
    await anInvoice({ dueOn: inDays(-1) });
    suite.aheadMs = 0;
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
