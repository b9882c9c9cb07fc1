import { readDetails } from '../../../domain/statements/details.ts';
import type { Counterparty } from '../../../domain/statements/terms.ts';

const wanjiku = { kind: 'person', msisdn: '2547****678', name: 'WANJIKU DOE' } as const;

type Row = readonly [
  details: string,
  purpose: string,
  direction: 'in' | 'out' | undefined,
  party: Partial<Counterparty> | undefined,
];

describe('the wording on the organisation’s side', () => {
  test.each<Row>([
    [
      'Pay Bill from 2547****678 - WANJIKU DOE Acc. INV-10442',
      'paybill.received',
      'in',
      { ...wanjiku, accountReference: 'INV-10442' },
    ],
    [
      'Pay Bill from 25471****678 - WANJIKU **** DOE Acc.',
      'paybill.received',
      'in',
      { name: 'WANJIKU **** DOE', key: '678 WANJIKU DOE', accountReference: undefined },
    ],
    ['Pay Bill Online from 2547****678 - WANJIKU DOE Acc. 7', 'paybill.received', 'in', wanjiku],
    [
      'Small Business Pay Bill from 2547****678 - WANJIKU DOE Acc. 7',
      'paybill.received',
      'in',
      wanjiku,
    ],
    [
      'Merchant Pay Utility Received from 512345 - MAMA - SHOP Acc. 88',
      'paybill.received',
      'in',
      { kind: 'business', shortcode: '512345', name: 'MAMA - SHOP', accountReference: '88' },
    ],
    [
      'Business Pay Bill via API by 600111 - ACME Acc. 5',
      'paybill.received',
      'in',
      { kind: 'business', shortcode: '600111', name: 'ACME', accountReference: '5' },
    ],
    [
      'FSI to Pay Bill by 600222 - EQUITY BANK Acc. 91 via WEB by EQUITY\\operator',
      'paybill.received',
      'in',
      { kind: 'bank', shortcode: '600222', name: 'EQUITY BANK', accountReference: '91' },
    ],
    ['Merchant Payment from 2547****678 - WANJIKU DOE', 'till.received', 'in', wanjiku],
    ['Merchant Payment Online from 2547****678 - WANJIKU DOE', 'till.received', 'in', wanjiku],
    ['Business Payment to 2547****678 - WANJIKU DOE', 'business-payment', 'out', wanjiku],
    [
      'Organization Settlement Account to Organization MMF Account',
      'settlement.internal',
      undefined,
      { kind: 'own-account' },
    ],
    [
      'Utility Account to Organization Settlement',
      'settlement.internal',
      undefined,
      { kind: 'own-account' },
    ],
    [
      'Utility Account to Organization Settlement Account',
      'settlement.internal',
      undefined,
      { kind: 'own-account' },
    ],
    ['Agency Withdrawal of funds to Bank', 'settlement.bank', 'out', { kind: 'own-account' }],
    ['Organization Settle to Bank', 'settlement.bank', 'out', { kind: 'own-account' }],
    ['Pay Utility Reversal by 600111 - ACME', 'reversal', undefined, { name: 'ACME' }],
    ['Pay Bill Charge', 'fee.paybill', 'out', undefined],
    ['Business Payment Charge', 'fee.business-payment', 'out', undefined],
    ['Buy Goods Charge', 'fee.till', 'out', undefined],
    ['Funds Transfer Charge', 'fee.other', 'out', undefined],
  ])('%s', (details, purpose, direction, party) => {
    const reading = readDetails(details, { side: 'organisation' });

    expect(reading).toMatchObject({ purpose, wordingDirection: direction, confidence: 'certain' });
    if (party === undefined) expect(reading.counterparty).toBeUndefined();
    else expect(reading.counterparty).toMatchObject(party);
  });

  test.each([
    ['Customer Merchant Payment', 'till.received'],
    ['Merchant Payment Online', 'till.received'],
    ['Small Business Pay Merchant', 'till.received'],
    ['Buy Goods', 'till.received'],
    ['Merchant to Customer Payment', 'business-payment'],
    ['Merchant to Merchant Payment', 'till.transfer'],
    ['Merchant Pay Utility', 'paybill'],
    ['Funds Transfer', 'transfer'],
    ['Withdraw to Bank', 'settlement.bank'],
    ['Withdraw at Agent', 'withdraw.agent'],
    ['Sell Airtime', 'airtime.sold'],
    ['Loan Disbursement', 'loan.business.draw'],
    ['Biashara Overdraft', 'loan.overdraft'],
    ['Merchant Payment Charge', 'fee.till'],
    ['Pay Utility', 'paybill.received'],
    ['Customer Buy Goods Online', 'till.received'],
    ['Salary Payment', 'salary'],
    ['Real Time Settlement', 'settlement.bank'],
  ])('the type column %s alone gives %s and is only likely', (transactionType, purpose) => {
    const reading = readDetails('No wording we know', { side: 'organisation', transactionType });

    expect(reading).toMatchObject({ purpose, confidence: 'likely' });
  });

  test('the Other Party column names who the details leave out', () => {
    const reading = readDetails('', {
      side: 'organisation',
      reasonType: 'Pay Merchant',
      otherParty: '070****444 - wanjiku doe',
    });

    expect(reading.counterparty).toMatchObject({ kind: 'person', key: '444 WANJIKU DOE' });
  });

  test('a charge has no other side, whatever the column says', () => {
    const context = { side: 'organisation', otherParty: 'SP' } as const;

    expect(readDetails('Pay Bill Charge', context).counterparty).toBeUndefined();
  });

  test('a payer who used an overdraft is noticed by the type column', () => {
    const reading = readDetails('Pay Bill from 2547****678 - WANJIKU DOE Acc. 7', {
      side: 'organisation',
      reasonType: 'Pay Utility with OD via STK',
    });

    expect(reading).toMatchObject({ purpose: 'paybill.received', isFulizaFunded: true });
  });
});
