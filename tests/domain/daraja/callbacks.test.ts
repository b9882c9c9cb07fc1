import fc from 'fast-check';
import {
  isPlaceholderReceipt,
  parseC2bPayment,
  parseResult,
  parseStkCallback,
} from '../../../domain/daraja/callbacks.ts';
import {
  parseAccountBalances,
  parseBillPayment,
  parseExpressCallback,
  parseStandingOrderCallback,
  payoutFacts,
  statusFacts,
  utilityAvailableCents,
} from '../../../domain/daraja/results.ts';

const items = [
  { Name: 'Amount', Value: 1500.0 },
  { Name: 'MpesaReceiptNumber', Value: 'UKE7Q2X9LM' },
  { Name: 'Balance' },
  { Name: 'TransactionDate', Value: 20261114093541 },
  { Name: 'PhoneNumber', Value: 254712345678 },
];

function stk(differences: Record<string, unknown> = {}, metadata: unknown = items) {
  return {
    Body: {
      stkCallback: {
        MerchantRequestID: '7c1e-4f0a',
        CheckoutRequestID: 'ws_CO_14112026093512345712345678',
        ResultCode: 0,
        ResultDesc: 'The service request is processed successfully.',
        CallbackMetadata: { Item: metadata },
        ...differences,
      },
    },
  };
}

describe('STK callbacks', () => {
  test('a success carries amount, receipt, time and number', () => {
    expect(parseStkCallback(stk())).toEqual({
      ok: true,
      value: {
        merchantRequestId: '7c1e-4f0a',
        checkoutRequestId: 'ws_CO_14112026093512345712345678',
        resultCode: '0',
        resultDescription: 'The service request is processed successfully.',
        amountCents: 150_000,
        receipt: 'UKE7Q2X9LM',
        transactionAt: '2026-11-14T06:35:41.000Z',
        msisdn: '254712345678',
      },
    });
  });

  test('items are found by name in any order, with more of them or with none missing', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...items, { Name: 'Extra', Value: 'x' }, { Nonsense: 1 }, null], {
          minLength: 8,
        }),
        (shuffled) => {
          expect(parseStkCallback(stk({}, shuffled))).toEqual(parseStkCallback(stk()));
        },
      ),
    );
  });

  test('a name that comes twice is evidence of nothing', () => {
    const twice = [...items, { Name: 'Amount', Value: 1 }];
    expect(parseStkCallback(stk({}, twice))).toMatchObject({
      ok: false,
      refusal: { code: 'repeated-field' },
    });
  });

  test.each(['0', 0])('the code of success may be %p', (code) => {
    expect(parseStkCallback(stk({ ResultCode: code }))).toMatchObject({
      ok: true,
      value: { resultCode: '0', receipt: 'UKE7Q2X9LM' },
    });
  });

  test.each([1032, '1032', 1037, 1, 2001, 9999, 'SFC_IC0003'])(
    'a failure %p needs no metadata and carries no money',
    (code) => {
      const parsed = parseStkCallback(
        stk({ ResultCode: code, CallbackMetadata: undefined }, undefined),
      );
      expect(parsed).toMatchObject({
        ok: true,
        value: { resultCode: String(code), amountCents: undefined, receipt: undefined },
      });
    },
  );

  test.each([null, undefined, {}, ''])('the result code %p is unreadable', (code) => {
    expect(parseStkCallback(stk({ ResultCode: code }))).toMatchObject({
      ok: false,
      refusal: { code: 'unreadable' },
    });
  });

  test.each([0, -1500, 1e21, '1,500', null])(
    'the amount %p of a success is set aside',
    (amount) => {
      const changed = items.map((item) =>
        item.Name === 'Amount' ? { Name: 'Amount', Value: amount } : item,
      );
      expect(parseStkCallback(stk({}, changed))).toMatchObject({
        ok: false,
        refusal: { code: 'amount-unreadable' },
      });
    },
  );

  test('a success without a receipt is set aside', () => {
    const without = items.filter(({ Name }) => Name !== 'MpesaReceiptNumber');
    expect(parseStkCallback(stk({}, without))).toMatchObject({
      ok: false,
      refusal: { code: 'no-receipt' },
    });
  });

  test('a date that cannot be leaves the time open', () => {
    const changed = items.map((item) =>
      item.Name === 'TransactionDate' ? { ...item, Value: '20241341250000' } : item,
    );
    expect(parseStkCallback(stk({}, changed))).toMatchObject({
      ok: true,
      value: { transactionAt: undefined, receipt: 'UKE7Q2X9LM' },
    });
  });

  test('no JSON whatsoever makes a reader throw', () => {
    const readers = [
      ...[parseStkCallback, parseResult, parseC2bPayment, parseExpressCallback],
      ...[parseStandingOrderCallback, parseBillPayment],
    ];
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        for (const read of readers) {
          expect([true, false]).toContain(read(body).ok);
          expect([true, false]).toContain(read({ Result: body, Body: { stkCallback: body } }).ok);
        }
      }),
    );
  });
});

function result(differences: Record<string, unknown> = {}) {
  return {
    Result: {
      ResultType: 0,
      ResultCode: 0,
      ResultDesc: 'The service request is processed successfully.',
      OriginatorConversationID: 'payout-1',
      ConversationID: 'AG_20261114_2010',
      TransactionID: 'UKE9A1B2C3',
      ...differences,
    },
  };
}

describe('results', () => {
  test('a payout says amount, time and what is left', () => {
    const parsed = parseResult(
      result({
        ResultParameters: {
          ResultParameter: [
            { Key: 'TransactionAmount', Value: 2500 },
            { Key: 'TransactionReceipt', Value: 'UKE9A1B2C3' },
            { Key: 'ReceiverPartyPublicName', Value: '254712345678 - WANJIKU N DOE' },
            { Key: 'TransactionCompletedDateTime', Value: '14.11.2026 09:41:12' },
            { Key: 'B2CUtilityAccountAvailableFunds', Value: 88120.5 },
            { Key: 'B2CChargesPaidAccountAvailableFunds', Value: '-140.00' },
            { Key: 'B2CRecipientIsRegisteredCustomer', Value: 'Y' },
            { Key: 'Nothing' },
          ],
        },
        ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL', Value: 'https://x' } },
      }),
    );
    if (!parsed.ok) throw new Error(parsed.refusal.code);

    expect(parsed.value.receipt).toBe('UKE9A1B2C3');
    expect(payoutFacts(parsed.value)).toMatchObject({
      amountCents: 250_000,
      completedAt: '2026-11-14T06:41:12.000Z',
      utilityCents: 8_812_050,
      chargesCents: -14_000,
      isRecipientRegistered: true,
    });
  });

  test('one parameter may come as an object, and numbers as text', () => {
    const parsed = parseResult(
      result({
        ResultCode: '0',
        ResultParameters: { ResultParameter: { Key: 'TransactionAmount', Value: '10.00' } },
      }),
    );
    expect(parsed.ok && payoutFacts(parsed.value).amountCents).toBe(1_000);
  });

  test('the receipt of a failure is no receipt', () => {
    const parsed = parseResult(result({ ResultCode: 2001, TransactionID: 'UKE0000000' }));
    expect(parsed.ok && parsed.value.receipt).toBeUndefined();
    expect(isPlaceholderReceipt('UKE0000000')).toBe(true);
  });

  test('a status answer tells the fate of the payment apart from its own success', () => {
    const fateOf = (status: string) => {
      const parsed = parseResult(
        result({
          ResultParameters: {
            ResultParameter: [
              { Key: 'DebitPartyName', Value: '600310 - Shop' },
              { Key: 'DebitPartyName', Value: '254712345678 - Name' },
              { Key: 'TransactionStatus', Value: status },
              { Key: 'ReceiptNo', Value: 'UKE9A1B2C3' },
              { Key: 'Amount', Value: '190.00' },
              { Key: 'DebitPartyCharges', Value: 'Fee For B2C Payment|KES|22.40' },
              { Key: 'TransactionReason' },
            ],
          },
        }),
      );
      return parsed.ok ? statusFacts(parsed.value) : undefined;
    };
    expect(fateOf('Completed')).toMatchObject({
      fate: 'completed',
      receipt: 'UKE9A1B2C3',
      chargeCents: 2_240,
      creditParty: '254712345678 - Name',
    });
    for (const status of ['Cancelled', 'Declined', 'Expired']) {
      expect(fateOf(status)?.fate).toBe('failed');
    }
    for (const status of ['Initiated', 'Authorized', 'Pending Authorized']) {
      expect(fateOf(status)?.fate).toBe('pending');
    }
    expect(fateOf('Something')?.fate).toBe('unknown');
  });

  test('balances are read whole or not at all', () => {
    const text =
      'Working Account|KES|700000.00|700000.00|0.00|0.00&Utility Account|KES|228037.00|228000.00|37.00|0.00&Charges Paid Account|KES|-1540.00|-1540.00|0.00|0.00';
    const accounts = parseAccountBalances(text);

    expect(accounts).toHaveLength(3);
    expect(utilityAvailableCents(accounts ?? [])).toBe(22_800_000);
    expect(accounts?.[2]?.currentCents).toBe(-154_000);
    for (const broken of ['', 'Working Account|KES|x|0|0|0', text.replace('KES', 'USD'), 5]) {
      expect(parseAccountBalances(broken)).toBeUndefined();
    }
  });
});

const c2b = {
  TransactionType: 'Pay Bill',
  TransID: 'uke7q2x9lm',
  TransTime: '20261114093541',
  TransAmount: '1500.00',
  BusinessShortCode: '600984',
  BillRefNumber: ' inv-10442 ',
  InvoiceNumber: '',
  OrgAccountBalance: '48210.00',
  ThirdPartyTransID: '',
  MSISDN: '2547 ***** 678',
  FirstName: 'WANJIKU',
  MiddleName: '',
};

describe('C2B payments', () => {
  test('are read with what the payer typed untouched and names as far as they go', () => {
    expect(parseC2bPayment(c2b)).toEqual({
      ok: true,
      value: {
        transactionType: 'Pay Bill',
        receipt: 'UKE7Q2X9LM',
        paidAt: '2026-11-14T06:35:41.000Z',
        amountCents: 150_000,
        shortcode: '600984',
        accountReference: ' inv-10442 ',
        msisdn: '2547 ***** 678',
        payerName: 'WANJIKU',
        balanceCents: 4_821_000,
        thirdPartyReference: '',
      },
    });
  });

  test.each(['0.001', '1500.00 ', '1,500.00', '-5', '0', '', undefined])(
    'the amount %p is set aside',
    (amount) => {
      expect(parseC2bPayment({ ...c2b, TransAmount: amount })).toMatchObject({
        ok: false,
        refusal: { code: 'amount-unreadable' },
      });
    },
  );

  test('a reference of 500 characters, of emoji or of SQL is kept as it came', () => {
    for (const reference of ['x'.repeat(500), '🦒 shamba', "'; drop table x;--", '']) {
      expect(parseC2bPayment({ ...c2b, BillRefNumber: reference })).toMatchObject({
        ok: true,
        value: { accountReference: reference },
      });
    }
  });
});

describe('the rest', () => {
  test('a B2B Express callback is flat', () => {
    const paid = { resultCode: '0', amount: '71.0', requestId: 'r1', transactionId: 'UKE7Q2X9LM' };
    expect(parseExpressCallback(paid)).toMatchObject({
      ok: true,
      value: { resultCode: '0', receipt: 'UKE7Q2X9LM', amountCents: 7_100 },
    });
    const cancelled = { resultCode: '4001', requestId: 'r1', amount: '71.0' };
    expect(parseExpressCallback(cancelled)).toMatchObject({
      ok: true,
      value: { receipt: undefined },
    });
  });

  test('a standing order answers in two spellings', () => {
    const success = {
      responseHeader: { responseRefID: 'ref', responseCode: '0' },
      responseBody: {
        responseData: [
          { name: 'TransactionID', value: 'UKE7Q2X9LM' },
          { name: 'responseCode', value: '0' },
          { name: 'Status', value: 'OKAY' },
        ],
      },
    };
    const failure = {
      ResponseHeader: { responseRefID: 'ref', responseCode: '500' },
      ResponseBody: { ResponseData: [{ Name: 'responseCode', Value: '1032' }] },
    };
    expect(parseStandingOrderCallback(success)).toMatchObject({
      value: { responseCode: '0', receipt: 'UKE7Q2X9LM', status: 'OKAY' },
    });
    expect(parseStandingOrderCallback(failure)).toMatchObject({ value: { responseCode: '1032' } });
  });

  test('a Bill Manager payment is read like any other witness', () => {
    expect(
      parseBillPayment({
        transactionId: 'UKE7Q2X9LM',
        paidAmount: '100',
        msisdn: '254712345678',
        dateCreated: '2026-11-14',
        accountReference: 'A1',
        shortCode: '600984',
      }),
    ).toMatchObject({ ok: true, value: { amountCents: 10_000, paidAt: undefined } });
  });
});
