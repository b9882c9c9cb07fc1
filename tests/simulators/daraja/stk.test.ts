import { openBench, passwordOf, payer } from './bench-client.ts';
import type { Bench, Json } from './bench-client.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

const callbackPath = '/hooks/s/token';

async function query(checkoutRequestId: unknown) {
  return bench.post('/mpesa/stkpushquery/v1/query', {
    BusinessShortCode: 174379,
    Password: passwordOf('174379'),
    Timestamp: '20261114093512',
    CheckoutRequestID: checkoutRequestId,
  });
}

function callbacks(): Json[] {
  return bench.receiver
    .bodies(callbackPath)
    .map(({ Body }) => (Body as { stkCallback: Json }).stkCallback);
}

describe('a push that is paid', () => {
  test('is accepted in the documented words and ends in the documented callback', async () => {
    const { status, body } = await bench.push();

    expect(status).toBe(200);
    expect(body).toEqual({
      MerchantRequestID: expect.stringMatching(/^[0-9a-f]{4}-[0-9a-f]{4}-/),
      CheckoutRequestID: expect.stringMatching(/^ws_CO_\d{17}712345678$/),
      ResponseCode: '0',
      ResponseDescription: 'Success. Request accepted for processing',
      CustomerMessage: 'Success. Request accepted for processing',
    });
    await bench.advance(1_000);
    expect(bench.receiver.bodies(callbackPath)).toEqual([
      {
        Body: {
          stkCallback: {
            MerchantRequestID: body['MerchantRequestID'],
            CheckoutRequestID: body['CheckoutRequestID'],
            ResultCode: 0,
            ResultDesc: 'The service request is processed successfully.',
            CallbackMetadata: {
              Item: [
                { Name: 'Amount', Value: 1500 },
                { Name: 'MpesaReceiptNumber', Value: expect.stringMatching(/^UKE[A-Z0-9]{7}$/) },
                { Name: 'Balance' },
                { Name: 'TransactionDate', Value: 20261114080001 },
                { Name: 'PhoneNumber', Value: 254712345678 },
              ],
            },
          },
        },
      },
    ]);
  });

  test('is pending in both spellings before and paid after', async () => {
    const { body } = await bench.push();
    const id = body['CheckoutRequestID'];
    const pending = [await query(id), await query(id)];

    expect(pending.map(({ status }) => status).sort()).toEqual([200, 500]);
    expect(pending.find(({ status }) => status === 500)?.body).toEqual({
      requestId: id,
      errorCode: '500.001.1001',
      errorMessage: 'The transaction is being processed',
    });
    expect(pending.find(({ status }) => status === 200)?.body).toMatchObject({
      ResultCode: '4999',
      ResultDesc: 'The transaction is still under processing',
    });
    await bench.advance(1_000);
    expect((await query(id)).body).toEqual({
      ResponseCode: '0',
      ResponseDescription: 'The service request has been accepted successfully',
      MerchantRequestID: body['MerchantRequestID'],
      CheckoutRequestID: id,
      ResultCode: '0',
      ResultDesc: 'The service request is processed successfully.',
    });
  });

  test('also arrives as a C2B confirmation with the same receipt', async () => {
    await bench.post('/mpesa/c2b/v1/registerurl', {
      ShortCode: '174379',
      ResponseType: 'Completed',
      ConfirmationURL: `${bench.receiver.url}/c`,
      ValidationURL: `${bench.receiver.url}/v`,
    });
    await bench.push();
    await bench.advance(1_000);
    const { transactions } = (await bench.admin('GET', '/book')) as { transactions: Json[] };

    expect(bench.receiver.bodies('/c')).toHaveLength(1);
    expect(bench.receiver.bodies('/c')[0]?.['TransID']).toBe(transactions[0]?.['receipt']);
    expect(bench.receiver.bodies('/v')).toEqual([]);
  });
});

describe('a push that fails', () => {
  test.each([
    ['cancel', 1032, 'Request cancelled by user'],
    ['wrong-pin', 2001, 'The initiator information is invalid.'],
  ])('by %s reports %i without metadata', async (action, code, words) => {
    await bench.admin('PUT', '/rules', {
      rules: [{ match: { api: 'stk-push' }, effect: { kind: 'phone', action } }],
    });
    await bench.push();
    await bench.advance(1_000);

    expect(callbacks()).toEqual([expect.objectContaining({ ResultCode: code, ResultDesc: words })]);
    expect(callbacks()[0]).not.toHaveProperty('CallbackMetadata');
  });

  test('because nobody answers ends after a minute', async () => {
    await bench.admin('PUT', '/settings', { phone: { action: 'ignore', afterMs: 0 } });
    await bench.push();
    await bench.advance(59_000);
    expect(callbacks()).toEqual([]);
    await bench.advance(1_000);
    expect(callbacks()).toEqual([expect.objectContaining({ ResultCode: 1037 })]);
  });

  test.each([
    [200_001, 1],
    [201_019, 1019],
    [201_032, 1032],
    [208_006, 8006],
  ])('by the magic amount %i comes to %i', async (Amount, code) => {
    await bench.push({ Amount });
    await bench.advance(1_000);
    expect(callbacks()).toEqual([expect.objectContaining({ ResultCode: code })]);
  });

  test('because of the wrong kind of shortcode comes to 2028, of nobody to SFC_IC0003', async () => {
    await bench.push({ TransactionType: 'CustomerBuyGoodsOnline' });
    await bench.advance(1_000);
    await bench.push({ PartyB: '999999' });
    await bench.advance(1_000);

    expect(callbacks().map(({ ResultCode }) => ResultCode)).toEqual([2028, 'SFC_IC0003']);
  });
});

describe('a push that is refused at once', () => {
  test.each([
    ['PhoneNumber', '0712345678'],
    ['Amount', 0.5],
    ['Amount', '-5'],
    ['CallBackURL', 'https://pay.example/mpesa/cb'],
    ['AccountReference', 'THIRTEENCHARS'],
    ['TransactionType', 'PayBill'],
    ['Timestamp', '20261314093512'],
  ])('names the field %s (%s)', async (name, value) => {
    const { status, body } = await bench.push({ [name]: value });

    expect(status).toBe(400);
    expect(body).toEqual({
      requestId: expect.any(String),
      errorCode: '400.002.02',
      errorMessage: `Bad Request - Invalid ${name}`,
    });
  });

  test('says wrong credentials for a wrong password and that a merchant does not exist', async () => {
    const wrong = await bench.push({ Password: passwordOf('174379', 'other') });
    const nobody = await bench.push({
      BusinessShortCode: '174370',
      Password: passwordOf('174370'),
    });

    expect([wrong, nobody].map(({ status, body }) => [status, body['errorMessage']])).toEqual([
      [500, '[MerchantValidate] - Wrong credentials'],
      [500, 'Merchant does not exist'],
    ]);
  });

  test('locks the subscriber while a prompt is open', async () => {
    await bench.push();
    const second = await bench.push();

    expect(second.status).toBe(500);
    expect(second.body['errorMessage']).toMatch(/^Unable to lock subscriber/);
  });

  test('treats an equal amount within two minutes as a repeat', async () => {
    await bench.push();
    await bench.advance(1_000);
    await bench.push();
    await bench.advance(1_000);
    await bench.advance(120_000);
    await bench.push();
    await bench.advance(1_000);

    expect(callbacks().map(({ ResultCode }) => ResultCode)).toEqual([0, 17, 0]);
  });
});

test('a till is pushed by its store number and credited on its merchant account', async () => {
  await bench.push({
    BusinessShortCode: '600000',
    Password: passwordOf('600000'),
    TransactionType: 'CustomerBuyGoodsOnline',
    PartyB: '5123456',
  });
  await bench.advance(1_000);
  const { transactions } = (await bench.admin('GET', '/book')) as { transactions: Json[] };
  const { accounts } = (await bench.admin('GET', '/accounts')) as { accounts: Json[] };

  expect(transactions).toEqual([
    expect.objectContaining({ status: 'completed', shortcode: '5123456', msisdn: payer }),
  ]);
  expect(accounts).toContainEqual({ account: '5123456:Merchant Account', balanceCents: 149_175 });
});
