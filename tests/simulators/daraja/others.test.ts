import { until } from '../../support/until.ts';
import { openBench, parametersOf, payer, resultAt } from './bench-client.ts';
import type { Bench, Json } from './bench-client.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

const result = (): Json => resultAt(bench.receiver, '/r');

function b2b(over: Json = {}, path = '/mpesa/b2b/v1/paymentrequest') {
  return bench.post(path, {
    Initiator: 'twin-initiator',
    SecurityCredential: bench.credential(),
    CommandID: 'BusinessPayBill',
    SenderIdentifierType: '4',
    RecieverIdentifierType: '4',
    Amount: 190,
    PartyA: '600984',
    PartyB: '888880',
    AccountReference: '353353',
    Requester: payer,
    Remarks: 'ok',
    QueueTimeOutURL: `${bench.receiver.url}/t`,
    ResultURL: `${bench.receiver.url}/r`,
    ...over,
  });
}

async function balances(): Promise<Json> {
  const { accounts } = (await bench.admin('GET', '/accounts')) as {
    accounts: { account: string; balanceCents: number }[];
  };
  return Object.fromEntries(accounts.map(({ account, balanceCents }) => [account, balanceCents]));
}

describe('payments between businesses', () => {
  test('a pay bill debits Working, credits Utility and says so in the odd forms', async () => {
    expect((await b2b()).status).toBe(200);
    await bench.advance(1_000);
    const odd = '{Amount={CurrencyCode=KES, MinimumAmount=99981000, BasicAmount=999810.00}}';

    expect(parametersOf(result())).toEqual({
      DebitAccountBalance: odd,
      Amount: '190.00',
      DebitPartyAffectedAccountBalance: 'Working Account|KES|999810.00|999810.00|0.00|0.00',
      TransCompletedTime: '20261114080001',
      DebitPartyCharges: '',
      ReceiverPartyPublicName: '888880 - KPLC PREPAID',
      Currency: 'KES',
      InitiatorAccountCurrentBalance: odd,
    });
    expect(result()['ReferenceData']).toEqual({
      ReferenceItem: [
        { Key: 'BillReferenceNumber', Value: '353353' },
        { Key: 'QueueTimeoutURL', Value: expect.any(String) },
      ],
    });
    expect(await balances()).toMatchObject({ '888880:Utility Account': 19_000 });
  });

  test('own money moves from Working to Utility without a receiver', async () => {
    await b2b({
      CommandID: 'BusinessTransferFromMMFToUtility',
      PartyB: '600984',
      AccountReference: '',
    });
    await bench.advance(1_000);
    expect(await balances()).toMatchObject({ '600984:Utility Account': 500_019_000 });
  });

  test('goods are paid into the merchant account of a till', async () => {
    await b2b({ CommandID: 'BusinessBuyGoods', PartyB: '5123456' });
    await bench.advance(1_000);
    expect(await balances()).toMatchObject({ '5123456:Merchant Account': 19_000 });
  });

  test('tax goes to the revenue authority alone', async () => {
    const tax = { CommandID: 'PayTaxToKRA', AccountReference: '2020240000123' };
    const elsewhere = await b2b({ ...tax }, '/mpesa/b2b/v1/remittax');
    await b2b({ ...tax, PartyB: '572572' }, '/mpesa/b2b/v1/remittax');
    await bench.advance(1_000);

    expect(elsewhere.body['errorMessage']).toBe('Bad Request - Invalid PartyB');
    expect(result()['ResultCode']).toBe(0);
  });

  test.each([
    [{ PartyB: '123456' }, 'SFC_IC0003'],
    [{ Amount: 2_000_000 }, 1],
  ])('%j fails in the result', async (over, code) => {
    await b2b(over);
    await bench.advance(1_000);
    expect(result()['ResultCode']).toBe(code);
  });

  test.each([
    ['pin', { resultCode: '0', resultType: '0', status: 'SUCCESS', amount: '71.0' }],
    ['cancel', { resultCode: '4001', resultDesc: 'User cancelled transaction', amount: '71.0' }],
  ])('a till owner who answers a USSD prompt with %s', async (action, expected) => {
    await bench.admin('POST', '/shortcodes', {
      number: '5123456',
      kind: 'till',
      balances: { 'Merchant Account': 100_000 },
    });
    await bench.admin('PUT', '/settings', { phone: { action, afterMs: 500 } });
    const { body } = await bench.post('/v1/ussdpush/get-msisdn', {
      primaryShortCode: '5123456',
      receiverShortCode: '600984',
      amount: '71',
      paymentRef: 'order 7',
      callbackUrl: `${bench.receiver.url}/x`,
      partnerName: 'Vendor',
      RequestRefID: 'ref-1',
    });
    await bench.advance(500);

    expect(body).toEqual({ code: '0', status: 'USSD Initiated Successfully' });
    expect(bench.receiver.bodies('/x')).toEqual([
      expect.objectContaining({ ...expected, requestId: 'ref-1' }),
    ]);
  });
});

describe('pulled payments', () => {
  const pull = (OffSetValue: string) =>
    bench.post('/pulltransactions/v1/query', {
      ShortCode: '600984',
      StartDate: '2026-11-14 00:00:00',
      EndDate: '2026-11-14 23:59:59',
      OffSetValue,
    });

  test('are registered once', async () => {
    const body = {
      ShortCode: '600984',
      RequestType: 'Pull',
      NominatedNumber: '0722000000',
      CallBackURL: `${bench.receiver.url}/p`,
    };
    const answers = [
      await bench.post('/pulltransactions/v1/register', body),
      await bench.post('/pulltransactions/v1/register', body),
    ];
    expect(answers.map(({ body }) => body['ResponseStatus'])).toEqual(['1000', '1001']);
  });

  test('are a list in a list, none is an empty one', async () => {
    expect((await pull('0')).body).toMatchObject({ ResponseCode: '1001', Response: [[]] });
    const { receipt } = await bench.admin('POST', '/pay', {
      shortcode: '600984',
      msisdn: payer,
      amount: 1500,
      accountReference: 'INV-10442',
    });
    expect((await pull('0')).body).toEqual({
      ResponseRefID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ResponseCode: '1000',
      ResponseMessage: 'Success',
      Response: [
        [
          {
            transactionId: receipt,
            trxDate: '2026-11-14T08:00:00Z',
            msisdn: '712345678',
            sender: 'MPESA',
            transactiontype: 'c2b-pay-bill-debit',
            billreference: 'INV-10442',
            amount: '1500.0',
            organizationname: 'Twin pay bill 600984',
          },
        ],
      ],
    });
    expect((await pull('1')).body['Response']).toEqual([[]]);
  });
});

test('a QR code is a real picture', async () => {
  const { body } = await bench.post('/mpesa/qrcode/v1/generate', {
    MerchantName: 'Twin',
    RefNo: 'INV-1',
    Amount: 1,
    TrxCode: 'PB',
    CPI: '600984',
    Size: '300',
  });
  const picture = Buffer.from(String(body['QRCode']), 'base64');

  expect(body['ResponseDescription']).toBe('QR Code Successfully Generated.');
  expect(body['ResponseCode']).toMatch(/^AG_/);
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.readUInt32BE(16)).toBeGreaterThan(200);
});

describe('a standing order', () => {
  const order = (over: Json = {}) =>
    bench.post('/standingorder/v1/createStandingOrderExternal', {
      StandingOrderName: 'Rent',
      StartDate: '20261115',
      EndDate: '20261130',
      BusinessShortCode: '600984',
      TransactionType: 'Standing Order Customer Pay Bill',
      ReceiverPartyIdentifierType: '4',
      Amount: '1000',
      PartyA: payer,
      CallBackURL: `${bench.receiver.url}/b`,
      AccountReference: 'RENT-1',
      TransactionDesc: 'Rent',
      Frequency: '3',
      ...over,
    });

  test('pays every week until it ends', async () => {
    const { body } = await order();
    await bench.advance(30 * 86_400_000);
    const { transactions } = (await bench.admin('GET', '/book')) as { transactions: Json[] };

    expect(body).toMatchObject({ ResponseHeader: { responseCode: '200' } });
    expect(bench.receiver.bodies('/b')[0]).toMatchObject({
      responseBody: {
        responseData: expect.arrayContaining([{ name: 'responseCode', value: '0' }]),
      },
    });
    expect(transactions.map(({ completedAt }) => completedAt)).toEqual([
      '2026-11-15T06:00:00.000Z',
      '2026-11-22T06:00:00.000Z',
      '2026-11-29T06:00:00.000Z',
    ]);
  });

  test('is told with other capitals when the customer refuses', async () => {
    await bench.admin('PUT', '/settings', { phone: { action: 'cancel', afterMs: 0 } });
    await order();
    await bench.advance(0);
    expect(bench.receiver.bodies('/b')[0]).toMatchObject({
      ResponseHeader: { responseCode: '1032' },
      ResponseBody: {
        ResponseData: expect.arrayContaining([{ Name: 'responseCode', Value: '1032' }]),
      },
    });
  });
});

describe('Bill Manager', () => {
  const base = '/v1/billmanager-invoice';
  const invoice = (reference: string) => ({
    externalReference: reference,
    billedFullName: 'Wanjiku Doe',
    billedPhoneNumber: '0712345678',
    billedPeriod: 'November 2026',
    invoiceName: 'Rent',
    dueDate: '2026-11-30',
    accountReference: `ACC-${reference}`,
    amount: '800',
    invoiceItems: [{ itemName: 'Rent', amount: '800' }],
  });

  test('tells of payments five times, and keeps paid invoices', async () => {
    bench.receiver.answer('/bill', { status: 500 });
    const { body } = await bench.post(`${base}/optin`, {
      shortcode: '600984',
      email: 'a@example.com',
      officialContact: '0710000000',
      sendReminders: '1',
      logo: '',
      callbackurl: `${bench.receiver.url}/bill`,
    });
    const key = { appKey: String(body['app_key']) };
    const sent = await bench.post(`${base}/bulk-invoicing`, [invoice('1'), invoice('2')], key);
    await bench.admin('POST', '/pay', {
      shortcode: '600984',
      msisdn: payer,
      amount: 800,
      accountReference: 'ACC-1',
    });
    await bench.advance(600_000);
    const paid = { externalReference: '1' };
    const cancelled = await bench.post(`${base}/cancel-single-invoice`, paid, key);
    const open = { externalReference: '2' };

    expect([body['rescode'], sent.body['rescode']]).toEqual(['200', '200']);
    expect(cancelled.status).toBe(409);
    expect((await bench.post(`${base}/cancel-single-invoice`, open, key)).status).toBe(200);
    await until(() => bench.receiver.bodies('/bill').length === 5);
    expect(bench.receiver.bodies('/bill')[0]).toEqual({
      transactionId: expect.stringMatching(/^UKE/),
      paidAmount: '800',
      msisdn: payer,
      dateCreated: '2026-11-14',
      accountReference: 'ACC-1',
      shortCode: '600984',
    });
  });
});

describe('the doors', () => {
  test('a wrong secret is answered by 400 and nothing', async () => {
    const response = await fetch(
      `${bench.twin.url}/oauth/v1/generate?grant_type=client_credentials`,
      { headers: { authorization: `Basic ${Buffer.from('twin-key:no').toString('base64')}` } },
    );
    expect([response.status, await response.text()]).toEqual([400, '']);
  });

  test('several short tokens are valid at once, each for an hour', async () => {
    const first = await bench.token();
    const second = await bench.token();
    const ask = async (token: string) =>
      (await bench.post('/mpesa/qrcode/v1/generate', {}, { authorization: `Bearer ${token}` }))
        .body['errorCode'];

    expect(first.length).toBeLessThanOrEqual(30);
    expect([await ask(first), await ask(second)]).toEqual(['400.002.02', '400.002.02']);
    await bench.advance(3_600_000);
    expect(await ask(first)).toBe('404.001.03');
  });

  test.each([
    ['/mpesa/stkpush/v1/processrequest', 404, '404.001.03'],
    ['/mpesa/b2c/v3/paymentrequest', 400, '400.003.01'],
    ['/mpesa/transactionstatus/v1/query', 401, '401.002.01'],
    ['/mpesa/b2b/v1/paymentrequest', 401, '401.003.01'],
    ['/pulltransactions/v1/query', 401, '401.001'],
  ])('%s spells an invalid token %i %s', async (path, status, code) => {
    const answer = await bench.post(path, {}, { authorization: 'Bearer stale' });
    expect([answer.status, answer.body['errorCode']]).toEqual([status, code]);
  });

  test('a form is read as a missing field, rubbish as rubbish, other methods not at all', async () => {
    const path = '/mpesa/stkpush/v1/processrequest';
    const form = await bench.post(path, 'a=b', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    const rubbish = await bench.post(path, '{');
    const get = await fetch(`${bench.twin.url}${path}`);
    const nowhere = await bench.post('/mpesa/nowhere', {});

    expect(form.body['errorMessage']).toBe('Bad Request - Invalid BusinessShortCode');
    expect(rubbish.body['errorCode']).toBe('400.002.05');
    expect([get.status, nowhere.status]).toEqual([405, 404]);
  });

  test('an app without the product is told so', async () => {
    await bench.admin('POST', '/shortcodes', {
      number: '700001',
      kind: 'paybill',
      consumerKey: 'narrow',
      consumerSecret: 's',
      products: ['stk-push'],
    });
    const basic = Buffer.from('narrow:s').toString('base64');
    const response = await fetch(
      `${bench.twin.url}/oauth/v1/generate?grant_type=client_credentials`,
      { headers: { authorization: `Basic ${basic}` } },
    );
    const { access_token: token, expires_in: lifetime } = (await response.json()) as Json;
    const { status, body } = await bench.post(
      '/mpesa/b2c/v3/paymentrequest',
      {},
      {
        authorization: `Bearer ${String(token)}`,
      },
    );

    expect(lifetime).toBe('3599');
    expect([status, body['errorCode']]).toEqual([401, '401.003.01']);
    expect(body['errorMessage']).toMatch(/no apiproduct match found/);
  });
});
