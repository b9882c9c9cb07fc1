import {
  candidateFromCells,
  isReservedHeading,
  recogniseHeader,
} from '../../../domain/statements/columns.ts';

const classic =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.,Currency';

describe('recogniseHeader', () => {
  test.each([
    [
      'personal-a',
      'Receipt No,Completion Time,Details,Transaction Status,Paid in,Withdraw\nn,Balance',
    ],
    [
      'personal-b',
      'Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance',
    ],
    ['personal-b', 'Receipt No.,Completion Time,Details,Status,Paid In,Withdrawn,Balance'],
    [
      'till-pdf',
      'Receipt No.,Completion Time,Details,Transaction Type,Other Party,Transaction Status,Paid In,Withdrawn,Balance',
    ],
    ['organisation-classic', classic],
    [
      'organisation-classic',
      classic.replace(',Currency', '').replace('Receipt No.', '\ufeffReceipt No'),
    ],
    [
      'organisation-newer',
      'Receipt No,Completion Time,Details,Transaction Status,Paid In (KSHs),Withdrawn (KSHs),Balance (KSHs)',
    ],
    [
      'organisation-classic',
      'id,INITIATION_TIME,COMPLETION_TIME,DETAILS,STATUS,amt,PAID_IN_AMOUNT,BALANCE,TX_TYP,REASON_TYPE,OTHERPARTYINFO,LINKEDTRANSACTION_ID,REMARKS',
    ],
  ])('knows %s by its headings', (format, line) => {
    expect(recogniseHeader(line.split(','))).toMatchObject({
      ok: true,
      value: { format, unknown: [], hasBalanceColumn: true },
    });
  });

  test('goes by name when columns are reordered', () => {
    const header = [
      'Balance',
      'Withdrawn',
      'Paid In',
      'Status',
      'Details',
      'Completion Time',
      'Receipt No',
    ];
    const outcome = recogniseHeader(header);

    expect(outcome?.ok && Object.fromEntries(outcome.value.columns)).toEqual({
      balance: 0,
      withdrawn: 1,
      paidIn: 2,
      status: 3,
      details: 4,
      completionTime: 5,
      receipt: 6,
    });
  });

  test('accepts a file without a Balance column and says so', () => {
    const header = 'Receipt No,Completion Time,Details,Status,Paid In,Withdrawn'.split(',');

    expect(recogniseHeader(header)).toMatchObject({ ok: true, value: { hasBalanceColumn: false } });
  });

  test('lists headings it does not know', () => {
    const header = 'Receipt No,Completion Time,Details,Status,Paid In,Withdrawn,Mood'.split(',');

    expect(recogniseHeader(header)).toMatchObject({ ok: true, value: { unknown: ['Mood'] } });
  });

  test.each([
    [
      'Receipt No,Completion Time,Details,Status,Paid In,Paid In,Withdrawn',
      'more than once: Paid In',
    ],
    ['Receipt No,Completion Time,Details,Status,Paid In', 'missing: Withdrawn'],
    ['Receipt No,Details,Status,Paid In,Withdrawn', 'missing: Completion Time'],
    ['Receipt No,Completion Time,Paid In,Withdrawn', 'missing: Details, Transaction Status'],
    [
      'Receipt No,Completion Time,Details,Status,Paid In,Withdrawn,constructor',
      'not allowed: constructor',
    ],
    ['__proto__,toString', 'not allowed: __proto__'],
  ])('%s is refused', (line, message) => {
    const outcome = recogniseHeader(line.split(','));

    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'columns' } });
    expect(outcome && !outcome.ok && outcome.refusal.message).toContain(message);
  });

  test.each([
    [
      'a row of a table',
      'UKE7Q2X9LM,14-11-2026 09:35:41,Pay Bill Charge,Completed,,-4.05,48205.95',
    ],
    ['a preamble line', 'Account Holder:,Example Traders Ltd'],
    [
      'the header of a bank',
      'Transaction Date,Value Date,Narrative,Reference,Debit,Credit,Running Balance',
    ],
    ['a header in another language', 'Nambari,Muda,Maelezo,Hali,Ndani,Nje,Salio'],
    ['an empty line', ''],
  ])('%s is no header', (_, line) => {
    expect(recogniseHeader(line.split(','))).toBeUndefined();
  });

  test('a reserved word pollutes nothing', () => {
    recogniseHeader(['__proto__', 'constructor', 'Receipt No', 'Completion Time']);

    expect(isReservedHeading(' Constructor ')).toBe(true);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('candidateFromCells', () => {
  const header = recogniseHeader(classic.split(','));
  const columns = header?.ok ? header.value.columns : new Map();

  test('fills every field from the cell under its heading', () => {
    const cells =
      'UKE7Q2X9LM,14-11-2026 09:35:41,14-11-2026 09:35:36,Pay Bill  from X Acc. 1 ,Completed, 1500.00 ,,48210.00,true,Pay Utility,SP,UKE0000001,INV-1,KES';

    expect(candidateFromCells(columns, { cells: cells.split(','), page: 1, line: 8 })).toEqual({
      page: 1,
      line: 8,
      raw: cells.replaceAll(',', ' | '),
      receipt: 'UKE7Q2X9LM',
      completionTime: '14-11-2026 09:35:41',
      initiationTime: '14-11-2026 09:35:36',
      details: 'Pay Bill from X Acc. 1',
      status: 'Completed',
      paidIn: '1500.00',
      withdrawn: '',
      balance: '48210.00',
      reasonType: 'Pay Utility',
      otherParty: 'SP',
      linkedReceipt: 'UKE0000001',
      accountReference: 'INV-1',
      currency: 'KES',
    });
  });

  test('leaves cells that are not there empty', () => {
    const candidate = candidateFromCells(columns, { cells: ['UKE7Q2X9LM'], page: 1, line: 8 });

    expect(candidate).toMatchObject({ receipt: 'UKE7Q2X9LM', status: '', balance: '' });
  });
});
