import { createLineNumbering, readRow, rejectRow } from '../../../domain/statements/rows.ts';
import type { RowContext } from '../../../domain/statements/rows.ts';
import { rejectReasons } from '../../../domain/statements/terms.ts';
import type { CandidateRow, RejectReason } from '../../../domain/statements/terms.ts';
import { instantFromEpochMs, nairobiText } from '../../../domain/time.ts';

const layoutA: RowContext = { format: 'personal-a', dateOrder: 'year-first' };
const layoutB: RowContext = { format: 'personal-b', dateOrder: 'year-first' };
const newer: RowContext = { format: 'organisation-newer', dateOrder: 'day-first' };
const classic: RowContext = { format: 'organisation-classic', dateOrder: 'day-first' };
const mapped: RowContext = { format: 'mapped-csv', dateOrder: 'day-first' };

function row(cells: Partial<CandidateRow>): CandidateRow {
  return {
    page: 2,
    line: 7,
    raw: 'as printed',
    receipt: 'UKE7Q2X9LM',
    completionTime: '2026-11-14 09:35:41',
    details: 'Merchant Payment to 123456 - MAMA SHOP',
    status: 'Completed',
    paidIn: '',
    withdrawn: '1,250.00',
    balance: '3,000.00',
    ...cells,
  };
}

function accept(cells: Partial<CandidateRow>, context = layoutA) {
  const outcome = readRow(row(cells), context);
  if (!outcome.ok) throw new Error(`rejected: ${outcome.reject.reason}`);
  return outcome.line;
}

function reject(cells: Partial<CandidateRow>, context = layoutA) {
  const outcome = readRow(row(cells), context);
  if (outcome.ok) throw new Error('accepted');
  return outcome.reject;
}

describe('a row that is accepted', () => {
  test('keeps its place, its text and its reading', () => {
    const line = accept({});

    expect(line).toMatchObject({
      page: 2,
      line: 7,
      raw: 'as printed',
      receipt: 'UKE7Q2X9LM',
      status: 'completed',
      inCents: 0,
      outCents: 125000,
      balanceCents: 300000,
      reading: { purpose: 'till', confidence: 'certain' },
    });
    expect(nairobiText(line.completedAt)).toBe('2026-11-14 09:35:41');
  });

  test.each([
    ['unsigned beside a zero', { paidIn: '0.00', withdrawn: '1,250.00' }, layoutA],
    ['negative beside a blank', { paidIn: '', withdrawn: '-1,250.00' }, layoutB],
    ['negative beside a zero', { paidIn: '0.00', withdrawn: '-1,250.00', details: '' }, newer],
  ])('withdrawn %s is money out', (_, cells, context) => {
    const time = context === newer ? '14/11/2026 09:35:41' : '2026-11-14 09:35:41';

    expect(accept({ ...cells, completionTime: time }, context)).toMatchObject({
      inCents: 0,
      outCents: 125000,
    });
  });

  test('lower case and spaces in a receipt are repaired', () => {
    expect(accept({ receipt: 'uke7q 2x9lm' }).receipt).toBe('UKE7Q2X9LM');
  });

  test('an overdrawn balance is negative and a blank one unknown', () => {
    expect(accept({ balance: '-500.00' }).balanceCents).toBe(-50000);
    expect(accept({ balance: '' }).balanceCents).toBeUndefined();
    expect(accept({ balance: undefined }).balanceCents).toBeUndefined();
  });

  test('a zero charge and a loan request move nothing and are kept', () => {
    expect(accept({ details: 'Pay Bill Charge', withdrawn: '0.00' }).outCents).toBe(0);
    expect(accept({ details: 'M-Shwari Loan Request', withdrawn: '' }).outCents).toBe(0);
  });

  test('classic columns fill the account, the link and the start', () => {
    const line = accept(
      {
        completionTime: '14-11-2026 09:35:41',
        initiationTime: '14-11-2026 09:35:36',
        details: 'Pay Bill from 25471****678 - WANJIKU DOE Acc.',
        paidIn: '1500.00',
        withdrawn: '',
        linkedReceipt: 'UKE0000001',
        accountReference: 'INV-10442',
        currency: 'KES',
      },
      classic,
    );

    expect(line).toMatchObject({
      inCents: 150000,
      linkedReceipt: 'UKE0000001',
      accountReference: 'INV-10442',
    });
    expect(line.initiatedAt).toBe('2026-11-14T06:35:36.000Z');
  });

  test('the account in the details wins over the column', () => {
    const line = accept(
      {
        completionTime: '14-11-2026 09:35:41',
        details: 'Pay Bill from 25471****678 - WANJIKU DOE Acc. INV-1',
        paidIn: '1500.00',
        withdrawn: '',
        accountReference: 'INV-2',
      },
      classic,
    );

    expect(line.accountReference).toBe('INV-1');
  });

  test.each([
    ['out', 'utility', { paidIn: '0.00', withdrawn: '-91,400.00' }],
    ['in', 'organization settlement', { paidIn: '91,400.00', withdrawn: '0.00' }],
  ])('a sweep going %s belongs to the %s account', (_, subAccount, cells) => {
    const details = 'Utility Account to Organization Settlement Account';
    const line = accept({ ...cells, details, completionTime: '14/11/2026 23:09:07' }, newer);

    expect(line.subAccount).toBe(subAccount);
  });

  test('text from right to left and invisible characters are stored as they are', () => {
    const details = 'Merchant Payment to 1234 - \u202eEVIL\u200b';

    expect(accept({ details }).details).toBe(details);
  });

  test('a formula is stored as it is', () => {
    expect(accept({ details: '=HYPERLINK("http://x")' }).details).toBe('=HYPERLINK("http://x")');
  });

  test('card numbers are masked in every text and counted once', () => {
    const outcome = readRow(
      row({ details: 'Pay Bill to 123456 - X Acc. 4111111111111111', raw: 'a 4111111111111111' }),
      layoutA,
    );

    expect(outcome).toMatchObject({ ok: true, maskedCards: 1 });
    expect(JSON.stringify(outcome)).not.toContain('4111111111111111');
    expect(outcome).toMatchObject({ line: { accountReference: '411111******1111' } });
  });
});

describe('rows that are not completed', () => {
  test.each([
    ['Failed', 'failed'],
    ['CANCELLED', 'cancelled'],
    ['Canceled', 'cancelled'],
    ['Declined', 'declined'],
    ['Expired', 'expired'],
    ['Reversed', 'reversed'],
    ['Pending', 'pending'],
    ['Initiated', 'initiated'],
  ])('%s is kept as %s and moves no money', (status, kept) => {
    expect(accept({ status })).toMatchObject({
      status: kept,
      inCents: 0,
      outCents: 0,
      attemptedCents: 125000,
    });
  });

  test('may leave both amounts blank', () => {
    expect(accept({ status: 'Failed', withdrawn: '' }).attemptedCents).toBe(0);
  });
});

describe('wording against column', () => {
  const swapped = { details: 'OverDraft of Credit Party', paidIn: '', withdrawn: '-200.00' };

  test('in layout B the wording decides and the reading says so', () => {
    const line = accept(swapped, layoutB);

    expect(line).toMatchObject({ inCents: 20000, outCents: 0 });
    expect(line.reading.confidence).toBe('likely');
    expect(line.reading.reason).toContain('the wording decides');
  });

  test('a Fuliza purchase in the wrong column of layout B goes out', () => {
    const details = 'Pay Bill Fuliza M-Pesa to 123456 - SHOP Acc. 1';

    expect(accept({ details, paidIn: '200.00', withdrawn: '' }, layoutB)).toMatchObject({
      inCents: 0,
      outCents: 20000,
    });
  });

  test('elsewhere the row is rejected', () => {
    expect(reject(swapped, layoutA).reason).toBe('direction-contradicts-wording');
  });

  test('in a mapped file the column decides and confidence is low', () => {
    const line = accept({ ...swapped, completionTime: '14/11/2026 09:35:41' }, mapped);

    expect(line).toMatchObject({ outCents: 20000, reading: { confidence: 'low' } });
  });
});

describe('rows of a mapped file', () => {
  const bank = { completionTime: '14/11/2026 00:00:00', status: '', details: 'SALARY NOV' };

  test.each([
    ['-500.00', 'negative-is-out', 0, 50000],
    ['500.00', 'negative-is-out', 50000, 0],
    ['500 DR', 'negative-is-out', 0, 50000],
    ['-500.00', 'negative-is-in', 50000, 0],
    ['500.00', 'negative-is-in', 0, 50000],
  ] as const)('%s with %s', (amount, signRule, inCents, outCents) => {
    const line = accept({ ...bank, receipt: '', withdrawn: '', amount }, { ...mapped, signRule });

    expect(line).toMatchObject({ receipt: '', status: 'completed', inCents, outCents });
  });

  test('a reference of the bank is kept as it is', () => {
    expect(accept({ ...bank, receipt: ' FT26318/77  x ' }, mapped).receipt).toBe('FT26318/77 x');
  });
});

describe('rejects', () => {
  const future = instantFromEpochMs(Date.UTC(2026, 10, 14));
  const cases: readonly [RejectReason, Partial<CandidateRow>, RowContext?][] = [
    ['receipt-malformed', { receipt: 'UKE7Q2X9L' }],
    ['receipt-malformed', { receipt: '0KE7Q2X9LM' }],
    ['time-malformed', { completionTime: '14/11/26 09:35' }],
    ['time-impossible', { completionTime: '2026-02-30 09:35:41' }],
    ['time-impossible', { completionTime: '2026-11-14 24:00:00' }],
    ['time-out-of-range', { completionTime: '9999-01-01 00:00:00' }],
    ['time-out-of-range', {}, { ...layoutA, notAfter: future }],
    ['amount-malformed', { withdrawn: '1.000,00' }],
    ['amount-malformed', { paidIn: '-5.00', withdrawn: '' }],
    ['amount-malformed', { status: 'Failed', withdrawn: '1e3' }],
    ['amount-both-columns', { paidIn: '1.00', withdrawn: '1.00' }],
    ['amount-missing', { withdrawn: '' }],
    ['amount-missing', { paidIn: '0.00', withdrawn: '0.00' }],
    ['status-unknown', { status: 'Maybe' }],
    ['balance-malformed', { balance: '12O.00' }],
    ['text-not-storable', { details: 'a\0b' }],
    ['text-not-storable', { raw: 'a\ud800b' }],
    ['currency-unsupported', { currency: 'USD' }],
    ['direction-contradicts-wording', { paidIn: '1.00', withdrawn: '' }],
    ['columns-missing', { receipt: '', completionTime: '', status: '' }],
  ];

  test.each(cases)('%s for %j', (reason, cells, context = layoutA) => {
    expect(reject(cells, context)).toMatchObject({ page: 2, line: 7, reason });
  });

  test('every reason has an example', () => {
    const shown = new Set(cases.map(([reason]) => reason));

    expect(rejectReasons.filter((reason) => !shown.has(reason))).toEqual([]);
  });

  test('a reject names the cell and can be stored', () => {
    expect(reject({ balance: '12O.00' }).detail).toContain('Balance');
    expect(reject({ raw: 'a\0b\ud800' }).raw).toBe('a␀b\ufffd');
    expect(rejectRow(row({}), 'columns-missing', 'why')).toEqual({
      page: 2,
      line: 7,
      raw: 'as printed',
      reason: 'columns-missing',
      detail: 'why',
    });
  });
});

describe('numbering', () => {
  test('ordinals count lines and twins count equal rows of one receipt', () => {
    const number = createLineNumbering();
    const lines = [
      accept({ withdrawn: '5.00', details: 'Pay Bill Charge' }),
      accept({ withdrawn: '5.00', details: 'Pay Merchant Charge' }),
      accept({ withdrawn: '6.00' }),
      accept({ paidIn: '5.00', withdrawn: '', details: 'Customer Deposit' }),
      accept({ withdrawn: '5.00', status: 'Failed' }),
    ].map(number);

    expect(lines.map(({ ordinal, twin }) => [ordinal, twin])).toEqual([
      [0, 0],
      [1, 1],
      [2, 0],
      [3, 0],
      [4, 0],
    ]);
  });
});
