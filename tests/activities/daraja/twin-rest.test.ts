/** The calls beside prompts and payouts, between our client and the twin. */
import type { Daraja } from '../../../activities/daraja/client.ts';
import { parseBillCallback } from '../../../domain/daraja/bill-callbacks.ts';
import { cents } from '../../../domain/money.ts';
import { businessDateOf, instantFromEpochMs } from '../../../domain/time.ts';
import type { DarajaTwin } from '../../../simulators/daraja/twin.ts';
import { openDarajaPair, type DarajaPair } from '../../support/daraja-pair.ts';
import { someCredentials } from '../../support/daraja-credentials.ts';
import type { OddServer } from '../../support/odd-server.ts';
import { until } from '../../support/until.ts';

let pair: DarajaPair;
let twin: DarajaTwin;
let daraja: Daraja;
let receiver: OddServer;

beforeAll(async () => {
  pair = await openDarajaPair();
  ({ twin, daraja, receiver } = pair);
});
afterAll(() => pair.close());
beforeEach(() => pair.forget());

const paybill = () => someCredentials();
const urls = () => pair.urls();
const told = (path: string) => pair.told(path);
const payIn = (amountCents: number, accountReference: string, shortcode = '600984') =>
  fetch(`${twin.adminUrl}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ shortcode, msisdn: '254712345678', amountCents, accountReference },
    }),
  });
const dayAfter = (days: number) =>
  businessDateOf(instantFromEpochMs(Date.now() + days * 86_400_000));

test('the right to pull is given once, and the list holds a payment with its receipt', async () => {
  const pull = { nominatedMsisdn: '254712345678', callbackUrl: `${receiver.url}/hooks/c/1` };
  expect(await daraja.registerPull(paybill(), pull)).toMatchObject({ value: { isNew: true } });
  expect(await daraja.registerPull(paybill(), pull)).toMatchObject({ value: { isNew: false } });
  await payIn(123_400, 'PULL-1');

  const now = Date.now();
  const range = { from: instantFromEpochMs(now - 3_600_000), to: instantFromEpochMs(now + 1_000) };
  const page = await daraja.pull(paybill(), { ...range, offset: 0 });
  const beyond = await daraja.pull(paybill(), { ...range, offset: 100 });

  const [entry] = twin.world.book.entries.filter((e) => e.accountReference === 'PULL-1');
  expect(page).toMatchObject({
    kind: 'accepted',
    value: {
      payments: expect.arrayContaining([
        expect.objectContaining({
          ...{ receipt: entry?.receipt, amountCents: 123_400, accountReference: 'PULL-1' },
          msisdn: '712345678',
        }),
      ]),
    },
  });
  expect(beyond).toEqual({ kind: 'accepted', value: { payments: [], rowCount: 0 } });
});

test('a QR code is a picture', async () => {
  const answer = await daraja.qr(paybill(), {
    ...{ merchantName: 'Duka', reference: 'INV-1', amountCents: cents(150_000), size: 300 },
  });

  if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
  const picture = Buffer.from(answer.value.pngBase64, 'base64');
  expect(picture.subarray(1, 4).toString('latin1')).toBe('PNG');
});

test.each([
  ['a customer agrees to', 'pin', 'agreed'],
  ['a customer declines', 'cancel', 'declined'],
] as const)('%s a standing order', async (_words, action, kind) => {
  twin.world.settings.phone = { action, afterMs: 20 };
  const answer = await daraja.ratiba(paybill(), {
    ...{ name: `Rent ${action}`, from: dayAfter(1), to: dayAfter(60), frequency: 'monthly' },
    ...{ amountCents: cents(500_000), msisdn: '254712345678', description: 'Rent' },
    ...{ accountReference: 'RENT-1', callbackUrl: `${receiver.url}/hooks/b/${action}` },
  });

  expect(answer.kind).toBe('accepted');
  expect(parseBillCallback(await told(`/hooks/b/${action}`))).toMatchObject({ value: { kind } });
  twin.world.settings.phone = { action: 'pin', afterMs: 20 };
});

test('a bill is sent, its payment is told, and it is acknowledged; a paid one is not withdrawn', async () => {
  const opted = await daraja.billManager.optIn(paybill(), {
    ...{ email: 'a@example.org', officialContact: '0712345678', sendReminders: false },
    callbackUrl: `${receiver.url}/hooks/b/bill`,
  });
  if (opted.kind !== 'accepted') throw new Error(JSON.stringify(opted));
  const { appKey } = opted.value;
  const bill = (externalReference: string) => ({
    ...{ externalReference, billedFullName: 'Wanjiku', billedPhoneNumber: '0712345678' },
    ...{ billedPeriod: 'November 2026', invoiceName: 'Water', dueDate: dayAfter(10) },
    ...{ accountReference: externalReference, amountCents: cents(80_000) },
    items: [{ name: 'Water', amountCents: cents(80_000) }],
  });
  const one = await daraja.billManager.invoice(paybill(), appKey, [bill('BILL-1')]);
  const many = await daraja.billManager.invoice(paybill(), appKey, [
    bill('BILL-2'),
    bill('BILL-3'),
  ]);
  expect([one.kind, many.kind]).toEqual(['accepted', 'accepted']);

  await payIn(80_000, 'BILL-1');
  const said = parseBillCallback(await told('/hooks/b/bill'));
  if (!said.ok || said.value.kind !== 'payment') throw new Error(JSON.stringify(said));
  expect(said.value).toMatchObject({
    ...{ channel: 'Bill Manager', amountCents: 80_000, accountReference: 'BILL-1' },
    shortcode: '600984',
  });
  const acknowledged = await daraja.billManager.reconcile(paybill(), appKey, {
    ...{ paidAt: instantFromEpochMs(Date.now()), amountCents: cents(80_000) },
    ...{ accountReference: 'BILL-1', receipt: said.value.receipt, phoneNumber: '0712345678' },
    ...{ fullName: 'Wanjiku', invoiceName: 'Water', externalReference: 'BILL-1' },
  });
  expect(acknowledged.kind).toBe('accepted');
  expect((await daraja.billManager.cancel(paybill(), appKey, ['BILL-1'])).kind).toBe('rejected');
  expect((await daraja.billManager.cancel(paybill(), appKey, ['BILL-2'])).kind).toBe('accepted');
});

test('wallets, other businesses and the tax office are paid, each with a result', async () => {
  const payment = { ...urls(), amountCents: cents(20_000), remarks: 'Thanks' };
  const wallet = await daraja.b2Pochi(paybill(), {
    ...{ ...payment, originatorConversationId: 'pochi-1', msisdn: '254712345678' },
  });
  const bill = await daraja.b2b(paybill(), {
    ...{ ...payment, commandId: 'BusinessPayBill', receiver: '888880', accountReference: 'M-1' },
  });
  const goods = await daraja.b2b(paybill(), {
    ...{ ...payment, commandId: 'BusinessBuyGoods', receiver: '5123456', accountReference: 'G-1' },
  });
  const tax = await daraja.remitTax(paybill(), { ...payment, prn: '353353' });

  expect([wallet, bill, goods, tax].map(({ kind }) => kind)).toEqual(
    Array.from({ length: 4 }, () => 'accepted'),
  );
  await until(() => receiver.requests.filter(({ path }) => path === '/hooks/r/1').length === 4);
  const codes = receiver.requests.map(({ body }) => String(JSON.parse(body).Result.ResultCode));
  expect(codes).toEqual(['0', '0', '0', '0']);
});

test('another business is prompted to pay, and says yes', async () => {
  await payIn(50_000, 'STOCK', '174379');
  const answer = await daraja.b2bExpress(paybill(), {
    ...{ payer: '174379', amountCents: cents(30_000), reference: 'ORDER-7' },
    ...{ partnerName: 'Duka', requestId: 'express-1' },
    callbackUrl: `${receiver.url}/hooks/b/express`,
  });

  expect(answer.kind).toBe('accepted');
  expect(parseBillCallback(await told('/hooks/b/express'))).toMatchObject({
    value: { kind: 'payment', channel: 'B2B Express', amountCents: 30_000 },
  });
});
