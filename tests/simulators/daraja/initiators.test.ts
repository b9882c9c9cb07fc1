import { openBench, parametersOf, payer, resultAt } from './bench-client.ts';
import type { Bench, Json } from './bench-client.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench();
});

afterEach(() => bench.close());

const urls = () => ({
  QueueTimeOutURL: `${bench.receiver.url}/t`,
  ResultURL: `${bench.receiver.url}/r`,
});

function payoutBody(over: Json = {}): Json {
  return {
    OriginatorConversationID: 'payout-2026-000123',
    InitiatorName: 'twin-initiator',
    SecurityCredential: bench.credential(),
    CommandID: 'BusinessPayment',
    Amount: 2500,
    PartyA: '600984',
    PartyB: payer,
    Remarks: 'Salary of November',
    Occassion: '',
    ...urls(),
    ...over,
  };
}

const b2c = (over: Json = {}, version = 3) =>
  bench.post(`/mpesa/b2c/v${version}/paymentrequest`, payoutBody(over));

const byOperator = (over: Json) => ({
  Initiator: 'twin-initiator',
  SecurityCredential: bench.credential(),
  Remarks: 'ok',
  ...urls(),
  ...over,
});

const result = (): Json => resultAt(bench.receiver, '/r');

async function transactions(): Promise<Json[]> {
  return ((await bench.admin('GET', '/book')) as { transactions: Json[] }).transactions;
}

describe('a payout', () => {
  test('is accepted and ends in the documented result', async () => {
    const { status, body } = await b2c();

    expect(status).toBe(200);
    expect(body).toEqual({
      ConversationID: expect.stringMatching(/^AG_20261114_2010[0-9a-f]{16}$/),
      OriginatorConversationID: 'payout-2026-000123',
      ResponseCode: '0',
      ResponseDescription: 'Accept the service request successfully.',
    });
    await bench.advance(1_000);
    const receipt = result()['TransactionID'];
    expect(result()).toEqual({
      ResultType: 0,
      ResultCode: 0,
      ResultDesc: 'The service request is processed successfully.',
      OriginatorConversationID: 'payout-2026-000123',
      ConversationID: body['ConversationID'],
      TransactionID: expect.stringMatching(/^UKE[A-Z0-9]{7}$/),
      ResultParameters: { ResultParameter: expect.any(Array) },
      ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL', Value: expect.any(String) } },
    });
    expect(parametersOf(result())).toEqual({
      TransactionAmount: 2500,
      TransactionReceipt: receipt,
      ReceiverPartyPublicName: expect.stringMatching(/^254712345678 - [A-Z ]+$/),
      TransactionCompletedDateTime: '14.11.2026 08:00:01',
      B2CUtilityAccountAvailableFunds: 4_997_500,
      B2CWorkingAccountAvailableFunds: 1_000_000,
      B2CRecipientIsRegisteredCustomer: 'Y',
      B2CChargesPaidAccountAvailableFunds: -9,
    });
  });

  test('is refused when its OriginatorConversationID comes again, unless the rule is off', async () => {
    await b2c();
    const again = await b2c();
    await bench.admin('PUT', '/rules', [{ match: { api: 'b2c' }, effect: { kind: 'no-dedupe' } }]);
    const third = await b2c();
    await bench.advance(1_000);

    expect([again.status, again.body['errorCode'], again.body['errorMessage']]).toEqual([
      500,
      '500.002.1001',
      'Duplicate OriginatorConversationID.',
    ]);
    expect(third.status).toBe(200);
    expect((await transactions()).map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  test('has no such id in version 1, so that two are two payments', async () => {
    const { OriginatorConversationID: _, ...body } = payoutBody();
    const first = await bench.post('/mpesa/b2c/v1/paymentrequest', body);
    const second = await bench.post('/mpesa/b2c/v1/paymentrequest', body);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body['OriginatorConversationID']).not.toBe(
      second.body['OriginatorConversationID'],
    );
  });

  test.each([
    ['a wrong credential', () => ({ SecurityCredential: bench.credential('guess') }), 2001],
    ['an operator nobody knows', () => ({ InitiatorName: 'nobody' }), 20],
    ['too little', () => ({ Amount: 9 }), 2],
    ['too much', () => ({ Amount: 250_001 }), 3],
    ['more than there is', () => ({ PartyA: '174379' }), 1],
    ['a magic number', () => ({ PartyB: '254799902040' }), 2040],
  ])('with %s is accepted and fails later', async (_, over, code) => {
    expect((await b2c(over())).status).toBe(200);
    await bench.advance(1_000);

    expect(result()).toMatchObject({ ResultCode: code, TransactionID: 'UKE0000000' });
    expect(result()).not.toHaveProperty('ResultParameters');
  });

  test('locks an operator after three wrong passwords', async () => {
    for (const name of ['a', 'b', 'c']) {
      await b2c({ OriginatorConversationID: name, SecurityCredential: bench.credential('guess') });
    }
    await bench.advance(1_000);
    await b2c();
    await bench.advance(1_000);
    expect(result()['ResultCode']).toBe(8006);
  });
});

describe('a status query', () => {
  test('tells the fate of a payout by its originator id and of a receipt', async () => {
    await b2c();
    await bench.advance(1_000);
    const [entry] = await transactions();
    for (const name of [
      { OriginalConversationID: 'payout-2026-000123' },
      { TransactionID: entry?.['receipt'] },
    ]) {
      const { status } = await bench.post(
        '/mpesa/transactionstatus/v1/query',
        byOperator({
          CommandID: 'TransactionStatusQuery',
          PartyA: '600984',
          IdentifierType: '4',
          Occasion: 'check',
          ...name,
        }),
      );
      await bench.advance(1_000);
      expect(status).toBe(200);
      expect(result()['ResultCode']).toBe(0);
      expect(parametersOf(result())).toMatchObject({
        ReceiptNo: entry?.['receipt'],
        TransactionStatus: 'Completed',
        Amount: '2500.00',
        InitiatedTime: 20261114080000,
        FinalisedTime: 20261114080001,
        DebitPartyName: expect.stringMatching(/^600984 - /),
        CreditPartyName: expect.stringMatching(/^254712345678 - /),
        DebitPartyCharges: 'Fee For B2C Payment|KES|9.00',
        OriginatorConversationID: 'payout-2026-000123',
      });
    }
  });

  test('does not find what never was', async () => {
    await bench.post(
      '/mpesa/transactionstatus/v1/query',
      byOperator({
        CommandID: 'TransactionStatusQuery',
        PartyA: '600984',
        IdentifierType: '4',
        OriginalConversationID: 'never',
      }),
    );
    await bench.advance(1_000);
    expect(result()['ResultCode']).toBe('R000002');
  });
});

test('the balance of every account comes as one text', async () => {
  await bench.post(
    '/mpesa/accountbalance/v1/query',
    byOperator({ CommandID: 'AccountBalance', PartyA: '600984', IdentifierType: '4' }),
  );
  await bench.advance(1_000);
  expect(parametersOf(result())).toEqual({
    AccountBalance:
      'Working Account|KES|1000000.00|1000000.00|0.00|0.00&Float Account|KES|0.00|0.00|0.00|0.00&Utility Account|KES|5000000.00|5000000.00|0.00|0.00&Charges Paid Account|KES|0.00|0.00|0.00|0.00&Organization Settlement Account|KES|0.00|0.00|0.00|0.00',
    BOCompletedTime: 20261114080001,
  });
});

describe('a reversal', () => {
  const reverse = (receipt: unknown, over: Json = {}) =>
    bench.post(
      '/mpesa/reversal/v1/request',
      byOperator({
        CommandID: 'TransactionReversal',
        TransactionID: receipt,
        Amount: 700,
        ReceiverParty: '600984',
        RecieverIdentifierType: '11',
        ...over,
      }),
    );

  const pay = () =>
    bench.admin('POST', '/pay', {
      shortcode: '600984',
      msisdn: payer,
      amount: 700,
      accountReference: 'A1',
    });

  test('gives the money back under its own receipt, once', async () => {
    const { receipt } = await pay();
    await reverse(receipt);
    await bench.advance(1_000);
    const first = result();
    await reverse(receipt);
    await bench.advance(1_000);

    expect(first).toMatchObject({ ResultCode: 0 });
    expect(first['TransactionID']).not.toBe(receipt);
    expect(parametersOf(first)).toMatchObject({
      OriginalTransactionID: receipt,
      Amount: 700,
      DebitAccountBalance: 'Utility Account|KES|5000000.00|5000000.00|0.00|0.00',
    });
    expect(result()['ResultCode']).toBe('R000001');
  });

  test('knows only the misspelt field and only real receipts', async () => {
    const spelt = byOperator({
      CommandID: 'TransactionReversal',
      TransactionID: 'UKE1234567',
      Amount: 700,
      ReceiverParty: '600984',
      ReceiverIdentifierType: '11',
    });
    const refused = await bench.post('/mpesa/reversal/v1/request', spelt);
    await reverse('UKE1234567');
    await bench.advance(1_000);

    expect(refused.body['errorMessage']).toBe('Bad Request - Invalid RecieverIdentifierType');
    expect(result()['ResultCode']).toBe('R000002');
  });
});
