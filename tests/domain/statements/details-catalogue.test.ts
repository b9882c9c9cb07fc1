import { keyAgain, readDetails } from '../../../domain/statements/details.ts';
import { personalCatalogue } from '../../../domain/statements/details-catalogue.ts';
import type { Counterparty } from '../../../domain/statements/terms.ts';

type Row = readonly [
  row: number,
  details: string,
  purpose: string,
  direction: 'in' | 'out' | undefined,
  party: Partial<Counterparty> | undefined,
];

const jane = {
  kind: 'person',
  msisdn: '0712***678',
  name: 'JANE DOE',
  key: '678 JANE DOE',
} as const;
const fuliza = { kind: 'operator', name: 'FULIZA' } as const;
const safaricom = { kind: 'operator', name: 'SAFARICOM' } as const;
const shop = { kind: 'business', shortcode: '123456', name: 'MAMA SHOP' } as const;
const agent = { kind: 'agent', shortcode: '012345', name: 'KAMAU AGENCIES' } as const;

const table: readonly Row[] = [
  [1, 'Customer Transfer of Funds Charge', 'fee.send', 'out', undefined],
  [2, 'Pay Bill Charge', 'fee.paybill', 'out', undefined],
  [3, 'Pay Merchant Charge', 'fee.till', 'out', undefined],
  [4, 'Withdrawal Charge', 'fee.withdraw', 'out', undefined],
  [5, 'Business Buy Goods Charge', 'fee.other', 'out', undefined],
  [6, 'OverDraft of Credit Party', 'loan.fuliza.draw', 'in', fuliza],
  [6, 'OverDraft of Credit Party - Fuliza M-PESA', 'loan.fuliza.draw', 'in', fuliza],
  [7, 'OD Loan Repayment to 232323 - M-PESA Overdraw', 'loan.fuliza.repay', 'out', fuliza],
  [8, 'Customer Transfer to - 0712***678 JANE DOE', 'send', 'out', jane],
  [8, 'Customer Transfer to 0712***678 - JANE DOE', 'send', 'out', jane],
  [
    8,
    'Customer Transfer to 254712***678 - JANE DOE',
    'send',
    'out',
    { ...jane, msisdn: '254712***678' },
  ],
  [
    8,
    'Customer Transfer to - 07******678 JANE DOE',
    'send',
    'out',
    { ...jane, msisdn: '07******678' },
  ],
  [9, 'Customer Transfer Fuliza MPesa to - 0712***678 JANE DOE', 'send', 'out', jane],
  [9, 'Customer Transfer Fuliza M-Pesa to 0712***678 - JANE DOE', 'send', 'out', jane],
  [10, 'Intimate Card Customer Transfer to - 0712***678 JANE DOE', 'send.card', 'out', jane],
  [
    11,
    'Customer Payment to Small Business to - 0712***678 JANE DOE',
    'pochi',
    'out',
    { ...jane, kind: 'business' },
  ],
  [
    12,
    'Customer Send Money to Micro SME Business to - 0712***678 JANE DOE',
    'pochi',
    'out',
    { ...jane, kind: 'business' },
  ],
  [
    12,
    'Customer Send Money to Micro SME Business with Fuliza to - 0712***678 JANE DOE',
    'pochi',
    'out',
    { ...jane, kind: 'business' },
  ],
  [13, 'Small Business Payment to - 0712***678 JANE DOE', 'pochi.received', undefined, jane],
  [14, 'Funds received from - 0712***678 JANE DOE', 'receive', 'in', jane],
  [
    15,
    'Business Payment from 300600 - EQUITY BULK via API. Original conversation ID is AG_1_2.',
    'business-payout',
    'in',
    { kind: 'business', shortcode: '300600', name: 'EQUITY BULK' },
  ],
  [
    16,
    'Business Payment from 300248STANBIC to MPESA Retail',
    'business-payout',
    'in',
    { kind: 'bank', shortcode: '300248', name: 'STANBIC' },
  ],
  [
    17,
    'Salary Payment from 333444 - ACME LTD',
    'salary',
    'in',
    { kind: 'business', shortcode: '333444', name: 'ACME LTD' },
  ],
  [
    18,
    'Promotion Payment from 955100 - SPORTPESA',
    'promotion',
    'in',
    { kind: 'business', shortcode: '955100', name: 'SPORTPESA' },
  ],
  [
    19,
    'Transfer from Bank 501200 - NCBA BANK- APP to Customer via API',
    'bank.in',
    'in',
    { kind: 'bank', shortcode: '501200', name: 'NCBA BANK' },
  ],
  [
    20,
    'Receive International Transfer From 777001 - WAVE. Original conversation ID is X9.',
    'remittance.in',
    'in',
    { kind: 'operator', shortcode: '777001', name: 'WAVE' },
  ],
  [
    21,
    'Receive International Zero Rated Transfer From 777002 - REMITLY',
    'remittance.in',
    'in',
    { kind: 'operator', shortcode: '777002', name: 'REMITLY' },
  ],
  [22, 'M-Pesa Global Send Money to JOHN SMITH', 'remittance.out', 'out', { name: 'JOHN SMITH' }],
  [
    23,
    'Offnet C2B Transfer to 585555 - AIRTEL MONEY. for Mobile No. 254733***222',
    'send.other-network',
    'out',
    { kind: 'person', shortcode: '585555', msisdn: '254733***222', key: '733*222' },
  ],
  [
    24,
    'Offnet B2C Transfer by 585556 - AIRTEL MONEY',
    'receive.other-network',
    'in',
    { kind: 'operator', shortcode: '585556', name: 'AIRTEL MONEY' },
  ],
  [
    25,
    'Offnet C2B Transaction Reversal by 585555 - AIRTEL MONEY',
    'reversal',
    'in',
    { kind: 'operator', name: 'AIRTEL MONEY' },
  ],
  [
    26,
    'Pay Bill to 888880 - KPLC PREPAID Acc. 37112345678',
    'paybill',
    'out',
    {
      kind: 'business',
      shortcode: '888880',
      name: 'KPLC PREPAID',
      accountReference: '37112345678',
    },
  ],
  [
    27,
    'Pay Bill Online to 247247 - EQUITY - PAYBILL Acc. 0712***678',
    'paybill',
    'out',
    { kind: 'bank', shortcode: '247247', name: 'EQUITY - PAYBILL', accountReference: '0712***678' },
  ],
  [
    28,
    'Pay Bill Fuliza M-Pesa to 444400 - NAIROBI WATER Acc. 55',
    'paybill',
    'out',
    { shortcode: '444400', name: 'NAIROBI WATER', accountReference: '55' },
  ],
  [
    28,
    'Pay Bill Online Fuliza M- PESA to 444400 - NAIROBI WATER Acc. 55',
    'paybill',
    'out',
    { shortcode: '444400', name: 'NAIROBI WATER', accountReference: '55' },
  ],
  [
    29,
    'Card Pay Bill Online to 903470 - M-PESA GlobalPay Acc. NETFLIX.COM AMSTERDAM NL',
    'card.purchase',
    'out',
    { kind: 'business', shortcode: '903470', name: 'NETFLIX.COM AMSTERDAM' },
  ],
  [
    30,
    'Intimate Card Pay Bill to 123456 - MAMA SHOP Acc. 9',
    'paybill.card',
    'out',
    { ...shop, accountReference: '9' },
  ],
  [31, 'Merchant Payment to 123456 - MAMA SHOP', 'till', 'out', shop],
  [32, 'Merchant Payment Online to 123456 - MAMA SHOP', 'till', 'out', shop],
  [33, 'Merchant Payment Fuliza M-Pesa to 123456 - MAMA SHOP', 'till', 'out', shop],
  [33, 'Merchant Payment Fuliza M-Pesa Online to 123456 - MAMA SHOP', 'till', 'out', shop],
  [34, 'Intimate Payment Merchant Payment to 123456 - MAMA SHOP', 'till.card', 'out', shop],
  [35, 'Merchant Customer Payment from 123456 - MAMA SHOP', 'till.received', 'in', shop],
  [36, 'Customer Withdrawal At Agent Till 012345 - KAMAU AGENCIES', 'withdraw.agent', 'out', agent],
  [36, 'Customer Withdrawal at Agent Till 012345 - KAMAU AGENCIES', 'withdraw.agent', 'out', agent],
  [
    37,
    'Customer Withdrawal at Agent Till with Fuliza to 012345 - KAMAU AGENCIES',
    'withdraw.agent',
    'out',
    agent,
  ],
  [38, 'Customer Withdrawal At ATM 889900 - KCB', 'withdraw.atm', 'out', { kind: 'bank' }],
  [39, 'Deposit of Funds at Agent Till 012345 - KAMAU AGENCIES', 'deposit.agent', 'in', agent],
  [40, 'Customer Deposit 012345 - KAMAU AGENCIES', 'deposit.agent', 'in', agent],
  [41, 'Airtime Purchase', 'airtime', 'out', safaricom],
  [
    42,
    'Airtime Purchase For Other - 0712***678',
    'airtime.other',
    'out',
    { kind: 'person', msisdn: '0712***678', key: '712*678' },
  ],
  [43, 'Airtime Purchase with Fuliza', 'airtime', 'out', safaricom],
  [44, 'Airtime Purchase Reversal', 'reversal', 'in', safaricom],
  [
    45,
    'Customer Bundle Purchase to 4093441SAFARICOM DATA BUNDLES by - 07******678 JANE DOE',
    'bundles',
    'out',
    { kind: 'operator', shortcode: '4093441', name: 'SAFARICOM DATA BUNDLES' },
  ],
  [
    46,
    'Customer Bundle Purchase with Fuliza to 4093441SAFARICOM DATA BUNDLES',
    'bundles',
    'out',
    { shortcode: '4093441', name: 'SAFARICOM DATA BUNDLES' },
  ],
  [
    47,
    'Recharge for Customer to 4093275SAFARICOM OFFERS by - 254712***678 JANE DOE',
    'bundles',
    'out',
    { shortcode: '4093275', name: 'SAFARICOM OFFERS' },
  ],
  [48, 'Buy Bundles', 'bundles', 'out', safaricom],
  [48, 'Buy Bundles Online', 'bundles', 'out', safaricom],
  [49, 'M-Shwari Deposit', 'savings.in', 'out', { kind: 'own-account' }],
  [50, 'M-Shwari Withdraw', 'savings.out', 'in', { kind: 'own-account' }],
  [51, 'M-Shwari Lock Activate and Save', 'savings.locked', undefined, { kind: 'own-account' }],
  [51, 'M-Shwari Lock Deposit', 'savings.locked', undefined, { kind: 'own-account' }],
  [51, 'M-Shwari Lock Withdraw', 'savings.locked', undefined, { kind: 'own-account' }],
  [52, 'M-Shwari Loan Disburse', 'loan.mshwari.draw', 'in', { kind: 'bank' }],
  [53, 'M-Shwari Loan Repayment', 'loan.mshwari.repay', 'out', { kind: 'bank' }],
  [53, 'M-Shwari Loan Request', 'loan.mshwari.request', undefined, { kind: 'bank' }],
  [54, 'KCB M-PESA Deposit', 'savings.in', undefined, { kind: 'own-account' }],
  [54, 'KCB M-PESA Withdraw', 'savings.out', undefined, { kind: 'own-account' }],
  [54, 'KCB M-PESA Target Deposit', 'savings.target', undefined, { kind: 'own-account' }],
  [55, 'KCB M-PESA Loan Repayment', 'loan.kcb.repay', 'out', { kind: 'bank', name: 'KCB' }],
  [55, 'KCB M-PESA Loan Request', 'loan.kcb.request', undefined, { kind: 'bank' }],
  [55, 'KCB M-PESA Loan Disbursement', 'loan.kcb.draw', 'in', { kind: 'bank' }],
  [56, 'Term Loan Disbursement', 'loan.term.draw', undefined, undefined],
  [56, 'Term Loan Repayment', 'loan.term.repay', undefined, undefined],
  [
    57,
    'Unit Trust Invest To 4145555 - ZIIDI MMF by M-PESA\\UnitTrust',
    'investment.in',
    'out',
    { shortcode: '4145555', name: 'ZIIDI MMF' },
  ],
  [
    58,
    'Unit Trust Withdraw From 4145555 - ZIIDI MMF by M- PESA\\UnitTrust',
    'investment.out',
    'in',
    { shortcode: '4145555', name: 'ZIIDI MMF' },
  ],
  [
    59,
    'Ziidi Trader Customer Buying Shares to 4157363 - ZIIDI TRADER Acc. SCOM',
    'shares.buy',
    'out',
    { shortcode: '4157363', name: 'ZIIDI TRADER', accountReference: 'SCOM' },
  ],
  [
    60,
    'Sell Shares Payment by 4157363 - ZIIDI TRADER',
    'shares.sell',
    'in',
    { name: 'ZIIDI TRADER' },
  ],
  [61, 'Send Money Reversal to - 0712***678 JANE DOE', 'reversal', undefined, jane],
  [61, 'Pay Utility Reversal by 123456 - MAMA SHOP', 'reversal', undefined, shop],
  [61, 'Reversal of UKE7Q2X9LM', 'reversal', undefined, { name: 'UKE7Q2X9LM' }],
  [62, 'Pay merchant Reversal', 'reversal', undefined, undefined],
  [62, 'Buy Goods Reversal', 'reversal', undefined, undefined],
  [63, 'Transfer from Archived Funds by M-PESA\\SYSTEM', 'own.restored', 'in', safaricom],
  [64, 'FSI Withdraw', 'savings.out', undefined, { kind: 'own-account' }],
  [64, 'FSI Deposit', 'savings.in', undefined, { kind: 'own-account' }],
  [65, 'Hustler Fund Loan Repayment', 'loan.hustler.repay', undefined, { name: 'HUSTLER FUND' }],
  [65, 'Hustler Fund Loan Disbursement', 'loan.hustler.draw', undefined, { name: 'HUSTLER FUND' }],
  [65, 'Hustler Fund Savings', 'savings.hustler', undefined, { kind: 'own-account' }],
  [
    65,
    'Pay Bill to 254100 - HUSTLER FUND Acc. 0712***678',
    'loan.hustler.repay',
    'out',
    { name: 'HUSTLER FUND' },
  ],
  [
    66,
    'Standing Order to 123456 - MAMA SHOP Acc. RENT',
    'standing-order',
    'out',
    { ...shop, accountReference: 'RENT' },
  ],
  [67, 'Something nobody has seen', 'other', undefined, { name: 'Something nobody has seen' }],
];

describe('the catalogue of personal details', () => {
  test.each(table)('row %i: %s', (_, details, purpose, direction, party) => {
    const reading = readDetails(details, { side: 'personal' });

    expect(reading.purpose).toBe(purpose);
    expect(reading.wordingDirection).toBe(direction);
    if (party === undefined) expect(reading.counterparty).toBeUndefined();
    else expect(reading.counterparty).toMatchObject(party);
  });

  test.each(table)('row %i has its key again from what is kept: %s', (_, details) => {
    for (const side of ['personal', 'organisation'] as const) {
      const { counterparty } = readDetails(details, { side });
      expect(counterparty && keyAgain(counterparty)).toBe(counterparty?.key);
    }
  });

  test('every row of the catalogue has an example', () => {
    const rows = new Set(table.map(([row]) => row));

    expect(Array.from({ length: 67 }, (_, n) => n + 1).filter((row) => !rows.has(row))).toEqual([]);
  });

  test('no entry is hidden behind an earlier one', () => {
    const reached = new Set(
      table.map(([, details]) => personalCatalogue.find(({ pattern }) => pattern.test(details))),
    );
    const rowsReached = new Set([...reached].map((entry) => entry?.row));
    const rows = new Set(personalCatalogue.map(({ row }) => row));

    expect([...rows].filter((row) => !rowsReached.has(row))).toEqual([]);
  });
});
