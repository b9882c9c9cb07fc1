import { isNoise } from '../../../domain/statements/noise.ts';
import {
  emptyFacts,
  readPreamble,
  readPrintedLine,
  readPrintedPair,
  readSummary,
  readSummaryRow,
  recogniseTitle,
  verificationCodeIn,
} from '../../../domain/statements/printed.ts';

describe('headings of a personal statement', () => {
  test.each([
    ['MPESA FULL STATEMENT', 'personal-a'],
    ['M-PESA STATEMENT', 'personal-b'],
    ['M-PESA FULL STATEMENT', 'personal-b'],
    ['M- PESA STATEMENT', 'personal-b'],
    ['BANK STATEMENT', undefined],
  ])('%s is %s', (title, format) => {
    expect(recogniseTitle(title)).toBe(format);
  });

  test.each([
    ['Customer Name: JANE DOE', { customerName: 'JANE DOE' }],
    ['Mobile Number: 254712 345 678', { accountNumber: '254712345678' }],
    ['Date of Statement: 03rd 3 2025', { requestedOn: '2025-03-03' }],
    [
      'Statement Period: 01st 2 2025 - 28th 2 2025',
      { periodFrom: '2025-02-01', periodTo: '2025-02-28' },
    ],
    [
      'Statement Period : 01 Aug 2026 - 14 Aug 2026',
      { periodFrom: '2026-08-01', periodTo: '2026-08-14' },
    ],
    ['Request Date: 15 Aug 2026', { requestedOn: '2026-08-15' }],
    ['Email Address: jane@example.com', {}],
    ['Statement Period: whenever', {}],
    ['Customer Name:', {}],
    [
      'Statements for 600984 from 01/11/2026 to 14/11/2026',
      { accountNumber: '600984', periodFrom: '2026-11-01', periodTo: '2026-11-14' },
    ],
  ])('%s', (line, pieces) => {
    expect(readPrintedLine(line)).toEqual(pieces);
  });

  test('an unreadable repeat does not erase a fact', () => {
    const facts = {
      ...emptyFacts('personal-b'),
      ...readPrintedPair('Request Date', '15 Aug 2026'),
    };

    expect({ ...facts, ...readPrintedPair('Request Date', '?') }.requestedOn).toBe('2026-08-15');
  });
});

describe('the summary table', () => {
  test('rows and total are read apart', () => {
    expect(
      readSummary([
        ['TRANSACTION TYPE', 'PAID IN', 'PAID OUT'],
        ['Cash Out', '0.00', '1,500.00'],
        ['SEND MONEY:', '0.00', '2,250.50'],
        ['ODRepayment', '-', '108.81'],
        ['TOTAL:', '5,000.00', '3,859.31'],
      ]),
    ).toEqual({
      summary: [
        { label: 'Cash Out', inCents: 0, outCents: 150000 },
        { label: 'SEND MONEY', inCents: 0, outCents: 225050 },
        { label: 'ODRepayment', inCents: 0, outCents: 10881 },
      ],
      totalInCents: 500000,
      totalOutCents: 385931,
    });
  });

  test.each([
    [['', '1.00', '2.00']],
    [['TOTAL', '1.00']],
    [['TOTAL', '1.000,00', '2.00']],
    [['TOTAL', '', '']],
  ])('%j is no row of it', (cells) => {
    expect(readSummaryRow(cells)).toBeUndefined();
  });
});

describe('the preamble of an organisation export', () => {
  test('labels are read by name in any arrangement', () => {
    const rows = [
      'Account Holder:,Example Traders Ltd',
      'Short Code:,600984',
      'Account:,Utility Account',
      'Time Period:,From,01-11-2026 00:00:00,To,14-11-2026 23:59:59',
      'Operator:,jdoe,Organization:,Example Traders Ltd,Date of Report:,15-11-2026 07:00:00',
      'Opening Balance:,46710.00,Closing Balance:,23205.95,Available Balance:,,Total Paid In:,1500.00,Total Withdrawn:,-25004.05',
    ].map((line) => line.split(','));

    expect(readPreamble(rows)).toEqual({
      customerName: 'Example Traders Ltd',
      accountNumber: '600984',
      accountName: 'Utility Account',
      periodFrom: '2026-11-01',
      periodTo: '2026-11-14',
      requestedOn: '2026-11-15',
      openingCents: 4671000,
      closingCents: 2320595,
      totalInCents: 150000,
      totalOutCents: 2500405,
    });
  });

  test('a label without a value does not take the next label for one', () => {
    expect(readPreamble([['Account Holder:', 'Short Code:', '600984']])).toEqual({
      accountNumber: '600984',
    });
  });
});

describe('footers', () => {
  test.each([
    ['Statement Verification Code AB12CD34', 'AB12CD34'],
    ['Statement Verification Code: AB12CD34', 'AB12CD34'],
    ['Verify with code AB12CD34', undefined],
    ['Statement Verification Code AB12CD3', undefined],
  ])('%s', (line, code) => {
    expect(verificationCodeIn(line)).toBe(code);
  });

  test.each([
    'Page 1 of 14',
    'Disclaimer: this statement',
    'Statement Verification Code AB12CD34',
    'To verify the validity of this statement',
    'For self-help dial *234#',
    'For self help dial *334#',
    'Terms and conditions apply',
    'Account Type - Personal',
    'Receipt No. Completion Time Details Transaction Status Paid In Withdrawn Balance',
    'DETAILED STATEMENT',
    'file:///home/jane/statement.html 2/10',
    'https://example.com/statement',
    '3 / 14',
    '',
  ])('%j is noise', (line) => {
    expect(isNoise(line)).toBe(true);
  });

  test.each([
    'UKE7Q2X9LM 2026-11-14 09:35:41 Pay Bill Charge Completed 4.05 1.00',
    'Customer Transfer to - 07******678 JANE DOE',
    'PAGE SOLUTIONS LTD',
    'https://example.com/pay JANE DOE',
    '12/2026 RENT',
  ])('%j is not', (line) => {
    expect(isNoise(line)).toBe(false);
  });
});
