import { until } from '../../support/until.ts';
import { openBench, payer } from './bench-client.ts';
import type { Bench, Json } from './bench-client.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

const register = (over: Json = {}, version = 2) =>
  bench.post(`/mpesa/c2b/v${version}/registerurl`, {
    ShortCode: '600984',
    ResponseType: 'Completed',
    ConfirmationURL: `${bench.receiver.url}/c`,
    ValidationURL: `${bench.receiver.url}/v`,
    ...over,
  });

const pay = (over: Json = {}) =>
  bench.admin('POST', '/pay', {
    shortcode: '600984',
    msisdn: payer,
    amountCents: 150_000,
    accountReference: 'INV-10442',
    ...over,
  });

test('registration answers with the misspelt field, in the words of its version', async () => {
  const second = await register();
  const first = await register({}, 1);

  expect(second.body).toEqual({
    OriginatorCoversationID: expect.any(String),
    ResponseCode: '0',
    ResponseDescription: 'Success',
  });
  expect(first.body['ResponseDescription']).toBe('success');
});

test('production registers once and only over HTTPS', async () => {
  await bench.admin('PUT', '/settings', { environment: 'production' });
  const urls = { ConfirmationURL: 'https://pay.example/c', ValidationURL: 'https://pay.example/v' };
  const plain = await register();
  const first = await register(urls);
  const second = await register(urls);

  expect(plain.body['errorMessage']).toBe('Bad Request - Invalid ConfirmationURL');
  expect(first.status).toBe(200);
  expect([second.status, second.body['errorCode'], second.body['errorMessage']]).toEqual([
    500,
    '500.003.1001',
    'Urls are already registered.',
  ]);
});

test('a payment is asked about, made and confirmed in the documented form', async () => {
  bench.receiver.answer('/v', {
    body: { ResultCode: '0', ResultDesc: 'Accepted', ThirdPartyTransID: 'ours-1' },
  });
  await register();
  const entry = await pay();
  await bench.advance(0);

  const body = {
    TransactionType: 'Pay Bill',
    TransID: entry['receipt'],
    TransTime: '20261114080000',
    TransAmount: '1500.00',
    BusinessShortCode: '600984',
    BillRefNumber: 'INV-10442',
    InvoiceNumber: '',
    MSISDN: '2547 ***** 678',
    FirstName: expect.stringMatching(/^[A-Z]+$/),
    MiddleName: '',
    LastName: '',
  };
  expect(bench.receiver.bodies('/v')).toEqual([
    { ...body, OrgAccountBalance: '', ThirdPartyTransID: '' },
  ]);
  expect(bench.receiver.bodies('/c')).toEqual([
    { ...body, OrgAccountBalance: '5001500.00', ThirdPartyTransID: 'ours-1' },
  ]);
});

test('version 1 hides the number as a SHA-256 in hexadecimal', async () => {
  await register({}, 1);
  await pay();
  await bench.advance(0);
  expect(bench.receiver.bodies('/c')[0]?.['MSISDN']).toMatch(/^[0-9a-f]{64}$/);
});

test('a refusal keeps the money with the customer', async () => {
  bench.receiver.answer('/v', { body: { ResultCode: 'C2B00012', ResultDesc: 'Rejected' } });
  await register();
  const entry = await pay();
  await bench.advance(0);

  expect(entry).toMatchObject({ status: 'declined', resultCode: 'C2B00012', receipt: null });
  expect(bench.receiver.bodies('/c')).toEqual([]);
});

test.each([
  ['Completed', 'completed'],
  ['Cancelled', 'declined'],
])('when validation is too late, %s makes the payment %s', async (ResponseType, status) => {
  await bench.admin('PUT', '/settings', { validationMs: 100 });
  bench.receiver.answer('/v', { afterMs: 2_000 });
  await register({ ResponseType });
  expect(await pay()).toMatchObject({ status });
});

test('a simulated payment is the same as one from a phone', async () => {
  await register();
  const { body } = await bench.post('/mpesa/c2b/v1/simulate', {
    ShortCode: '600984',
    CommandID: 'CustomerPayBillOnline',
    Amount: '10',
    Msisdn: '254708374149',
    BillRefNumber: 'T1',
  });
  await bench.advance(1_000);

  expect(body).toMatchObject({ OriginatorCoversationID: expect.any(String), ResponseCode: '0' });
  expect(bench.receiver.bodies('/c')).toEqual([
    expect.objectContaining({ TransAmount: '10.00', BillRefNumber: 'T1' }),
  ]);
});

test('a confirmation that is not taken is sent again', async () => {
  bench.receiver.answer('/c', { status: 503 });
  await register({ ValidationURL: '' });
  await pay();
  await bench.advance(25_000);
  await until(() => bench.receiver.bodies('/c').length === 3);
  await bench.advance(600_000);
  expect(bench.receiver.bodies('/c')).toHaveLength(3);
});
