import { cents } from '../../../domain/money.ts';
import { emptyFacts } from '../../../domain/statements/printed.ts';
import { createProof } from '../../../domain/statements/proof.ts';
import { checkNames } from '../../../domain/statements/terms.ts';
import type {
  CheckName,
  PdfEvidence,
  PrintedFacts,
  ProofReport,
  StatementFormat,
} from '../../../domain/statements/terms.ts';
import { businessDate, instantFromEpochMs } from '../../../domain/time.ts';
import { linesOf, receiptOf } from './lines.ts';
import type { LineSketch } from './lines.ts';

interface Case {
  format?: StatementFormat;
  facts?: Partial<PrintedFacts>;
  rejects?: number;
  /** Candidates beyond the lines and rejects: rows that were lost. */
  lost?: number;
  evidence?: PdfEvidence;
}

function prove(sketches: readonly LineSketch[], given: Case = {}): ProofReport {
  const { format = 'personal-a', facts = {}, rejects = 0, lost = 0, evidence } = given;
  const proof = createProof({ ...emptyFacts(format), ...facts });
  for (const line of linesOf(sketches)) proof.addLine(line);
  for (let n = 0; n < rejects; n += 1) {
    proof.addReject({ page: 3, line: n + 1, raw: '?', reason: 'amount-malformed', detail: '' });
  }
  return proof.finish({ candidateCount: sketches.length + rejects + lost, evidence });
}

function outcome(report: ProofReport, name: CheckName): string | undefined {
  return report.checks.find((check) => check.name === name)?.outcome;
}

/** Newest first: 100.00 in from 50.00, a payment of 30.00, its charge, and 5.00 in. */
const good: readonly LineSketch[] = [
  { receipt: receiptOf(3), second: 300, moved: 500, balance: 12400 },
  {
    receipt: receiptOf(2),
    second: 200,
    moved: -100,
    balance: 11900,
    details: 'Pay Merchant Charge',
  },
  { receipt: receiptOf(2), second: 200, moved: -3000, balance: 12000 },
  { receipt: receiptOf(1), second: 100, moved: 10000, balance: 15000 },
];

const totals = { totalInCents: cents(10500), totalOutCents: cents(3100) };
const noBalance = { hasBalanceColumn: false };
const unbalanced = good.map((sketch) => ({ ...sketch, balance: undefined }));

describe('the verdict', () => {
  test('count, totals and chain make it proven', () => {
    const report = prove(good, { facts: totals });

    expect(report).toMatchObject({
      verdict: 'proven',
      rowCount: 4,
      rejectCount: 0,
      totalInCents: 10500,
      totalOutCents: 3100,
      openingCents: 5000,
      closingCents: 12400,
      tamper: [],
    });
    expect(report.checks.map((check) => check.name)).toEqual([...checkNames]);
  });

  test('without a Balance column totals suffice, and the chain shows as not printed', () => {
    const report = prove(unbalanced, { facts: { ...totals, ...noBalance } });

    expect(report.verdict).toBe('proven');
    expect(outcome(report, 'balance-chain')).toBe('not-printed');
    expect(report.tamper).toMatchObject([
      { signal: 'balance-column-missing', severity: 'warning' },
    ]);
  });

  test('without printed totals a chain suffices, and the totals show as not printed', () => {
    const report = prove(good);

    expect(report.verdict).toBe('proven');
    expect(outcome(report, 'summary-total')).toBe('not-printed');
  });

  test('with neither it needs review', () => {
    expect(prove(unbalanced, { facts: noBalance }).verdict).toBe('needsReview');
    expect(prove(unbalanced, { format: 'mapped-csv', facts: noBalance }).verdict).toBe(
      'needsReview',
    );
  });

  test('a single balance chains nothing, so it needs review', () => {
    const report = prove(good.slice(0, 1));

    expect(report.verdict).toBe('needsReview');
    expect(outcome(report, 'balance-chain')).toBe('noted');
  });

  test('a statement without transactions is proven', () => {
    expect(prove([])).toMatchObject({
      verdict: 'proven',
      rowCount: 0,
      openingCents: undefined,
      firstAt: undefined,
    });
    expect(prove([], { facts: totals }).verdict).toBe('needsReview');
  });

  test('a reject needs review and is pointed at', () => {
    const report = prove(good, { rejects: 1 });

    expect(report).toMatchObject({ verdict: 'needsReview', rejectCount: 1 });
    expect(report.checks[0]).toMatchObject({ outcome: 'failed', rows: [{ page: 3, line: 1 }] });
  });

  test('a lost row needs review', () => {
    const report = prove(good, { facts: totals, lost: 1 });

    expect(report.verdict).toBe('needsReview');
    expect(outcome(report, 'row-count')).toBe('failed');
  });

  test('it is refused only when rows were there and none could be read', () => {
    expect(prove([], { rejects: 2 }).verdict).toBe('refused');
    expect(prove([], { lost: 2 }).verdict).toBe('refused');
    expect(prove(good, { rejects: 200 }).verdict).toBe('needsReview');
  });

  test('amounts beyond exact arithmetic need review and break nothing', () => {
    const huge = Array.from({ length: 40 }, (_, n) => ({
      receipt: receiptOf(n),
      second: n,
      moved: 99_999_999_999_999,
    }));

    expect(prove(huge, { facts: totals }).verdict).toBe('needsReview');
  });
});

describe('totals', () => {
  test('one cent in the printed total is named', () => {
    const report = prove(good, { facts: { ...totals, totalOutCents: cents(3101) } });

    expect(report.verdict).toBe('needsReview');
    expect(report.checks.find((check) => check.name === 'summary-total')?.detail).toContain(
      'Total withdrawn is printed as KES 31.01; the rows add up to KES 31.00 (KES -0.01).',
    );
    expect(report.tamper).toMatchObject([{ signal: 'summary-mismatch', severity: 'alarm' }]);
  });

  test('a summary without a TOTAL is added up', () => {
    const summary = [{ label: 'Cash In', inCents: cents(10500), outCents: cents(3100) }];

    expect(outcome(prove(good, { facts: { summary } }), 'summary-total')).toBe('passed');
  });

  test('a summary that contradicts its own TOTAL is a warning', () => {
    const summary = [{ label: 'Cash In', inCents: cents(1), outCents: cents(3100) }];
    const report = prove(good, { facts: { ...totals, summary } });

    expect(report.tamper).toMatchObject([{ signal: 'summary-mismatch', severity: 'warning' }]);
  });

  test('one cent in any row is found by totals where no balance is printed', () => {
    good.forEach((_, at) => {
      const edited = unbalanced.map((row, n) =>
        n === at ? { ...row, moved: row.moved + 1 } : row,
      );

      expect(prove(edited, { facts: { ...totals, ...noBalance } }).verdict).toBe('needsReview');
    });
  });

  test('failed rows count for nothing', () => {
    const failed: LineSketch = {
      receipt: receiptOf(9),
      second: 250,
      moved: -99900,
      balance: 1,
      status: 'failed',
    };

    expect(prove([...good.slice(0, 1), failed, ...good.slice(1)], { facts: totals })).toMatchObject(
      {
        verdict: 'proven',
        rowCount: 5,
        totalOutCents: 3100,
      },
    );
  });
});

describe('opening and closing balances', () => {
  const ends = { openingCents: cents(5000), closingCents: cents(12400) };

  test('agreeing ones prove a file that prints no running balance', () => {
    expect(prove(unbalanced, { facts: { ...ends, ...noBalance } }).verdict).toBe('proven');
  });

  test.each([
    ['opening', { ...ends, openingCents: cents(5001) }],
    ['closing', { ...ends, closingCents: cents(12399) }],
  ])('one cent in the %s balance is found', (_, facts) => {
    expect(outcome(prove(good, { facts }), 'opening-closing')).toBe('failed');
    expect(outcome(prove(unbalanced, { facts }), 'opening-closing')).toBe('failed');
  });

  test('a single printed one is only noted', () => {
    const facts = { openingCents: cents(5000) };

    expect(outcome(prove(good, { facts }), 'opening-closing')).toBe('noted');
    expect(outcome(prove(good), 'opening-closing')).toBe('not-printed');
  });
});

describe('the running balance', () => {
  test('a cent off needs review, points at the row and raises an alarm', () => {
    const edited = good.map((row, n) => (n === 3 ? { ...row, balance: 15001 } : row));
    const report = prove(edited, { facts: totals });

    expect(report.verdict).toBe('needsReview');
    expect(report.checks.find((check) => check.name === 'balance-chain')).toMatchObject({
      outcome: 'failed',
      rows: expect.arrayContaining([{ page: 1, line: 4, receipt: receiptOf(1) }]),
    });
    expect(report.tamper).toMatchObject([{ signal: 'balance-chain-broken', severity: 'alarm' }]);
  });

  test('swapped pages are named as out of order', () => {
    const rows = Array.from({ length: 9 }, (_, n) => ({
      receipt: receiptOf(n),
      second: n,
      moved: 100 + n,
      balance: Array.from({ length: n + 1 }, (_unused, k) => 100 + k).reduce((a, b) => a + b, 0),
    })).toReversed();
    const report = prove([...rows.slice(0, 3), ...rows.slice(6), ...rows.slice(3, 6)]);

    expect(report.tamper.map((finding) => finding.signal)).toEqual([
      'balance-chain-broken',
      'row-order-broken',
    ]);
  });
});

describe('period and receipts', () => {
  const period = { periodFrom: businessDate('2026-11-01'), periodTo: businessDate('2026-11-14') };

  test('rows within the printed period pass, one outside needs review', () => {
    expect(outcome(prove(good, { facts: period }), 'period')).toBe('passed');

    const late = { ...period, periodTo: businessDate('2026-11-13') };
    expect(prove(good, { facts: late }).verdict).toBe('needsReview');
    expect(outcome(prove(good), 'period')).toBe('not-printed');
  });

  test('a receipt of the day before, just after midnight, is a note', () => {
    const rows = good.map((row, n) => (n === 3 ? { ...row, receipt: 'UKD0000001' } : row));
    const report = prove(rows, { facts: totals });

    expect(report.verdict).toBe('proven');
    expect(outcome(report, 'receipt-dates')).toBe('noted');
    expect(report.tamper).toMatchObject([{ signal: 'receipt-date-mismatch', severity: 'note' }]);
  });

  test('a receipt of another day needs review and raises an alarm', () => {
    const rows = good.map((row, n) => (n === 3 ? { ...row, receipt: 'UKC0000001' } : row));
    const report = prove(rows, { facts: totals });

    expect(report.verdict).toBe('needsReview');
    expect(report.tamper).toMatchObject([
      { signal: 'receipt-date-mismatch', severity: 'alarm', rows: [{ receipt: 'UKC0000001' }] },
    ]);
  });

  test('one receipt with two amounts is a conflict, its charge and its draw are not', () => {
    const twice: LineSketch[] = [
      { receipt: receiptOf(1), second: 100, moved: -3000 },
      { receipt: receiptOf(1), second: 100, moved: -3100 },
    ];
    expect(outcome(prove(twice), 'duplicate-receipts')).toBe('failed');
    expect(outcome(prove(good), 'duplicate-receipts')).toBe('passed');

    const draw: LineSketch[] = [
      { receipt: receiptOf(1), second: 1, moved: 700, details: 'OverDraft of Credit Party' },
      { receipt: receiptOf(1), second: 1, moved: -700 },
      { receipt: receiptOf(1), second: 1, moved: -7, details: 'Pay Merchant Charge' },
    ];
    expect(outcome(prove(draw), 'duplicate-receipts')).toBe('passed');
  });

  test('a conflict with unknown wording and a repeated payment are only noted', () => {
    const doubt: LineSketch[] = [
      { receipt: receiptOf(1), second: 100, moved: -3000 },
      { receipt: receiptOf(1), second: 100, moved: -30, details: 'Excise on something' },
    ];
    expect(outcome(prove(doubt), 'duplicate-receipts')).toBe('noted');

    const repeat: LineSketch[] = [
      { receipt: receiptOf(1), second: 100, moved: -3000 },
      { receipt: receiptOf(1), second: 100, moved: -3000 },
    ];
    expect(outcome(prove(repeat), 'duplicate-receipts')).toBe('noted');
  });
});

describe('signs in the file itself', () => {
  const clean: PdfEvidence = {
    producer: 'OpenPDF 1.3.30',
    creator: undefined,
    createdAt: instantFromEpochMs(Date.UTC(2026, 10, 15)),
    modifiedAt: instantFromEpochMs(Date.UTC(2026, 10, 15)),
    isEncrypted: true,
    isLinearized: false,
    incrementalUpdates: 0,
    hasActiveContent: false,
    amountFonts: [{ font: 'Helvetica', cells: 400 }],
  };
  const later = instantFromEpochMs(Date.UTC(2026, 10, 16));
  const sameMinute = instantFromEpochMs(Date.UTC(2026, 10, 15, 0, 0, 20));
  const before = instantFromEpochMs(Date.UTC(2026, 10, 1));

  test.each<[string, string, Partial<PdfEvidence>]>([
    ['producer-unusual', 'warning', { producer: 'LibreOffice 7.5' }],
    ['producer-unusual', 'note', { producer: undefined }],
    ['modified-after-creation', 'warning', { modifiedAt: later }],
    ['modified-after-creation', 'note', { modifiedAt: sameMinute }],
    ['objects-anomalous', 'warning', { createdAt: before, modifiedAt: before }],
    ['incremental-update', 'warning', { incrementalUpdates: 1 }],
    ['active-content', 'warning', { hasActiveContent: true }],
    [
      'fonts-mixed-in-amounts',
      'warning',
      {
        amountFonts: [
          { font: 'Helvetica', cells: 400 },
          { font: 'Arial', cells: 1 },
        ],
      },
    ],
    [
      'fonts-mixed-in-amounts',
      'note',
      {
        amountFonts: [
          { font: 'Helvetica', cells: 400 },
          { font: 'Helvetica-Bold', cells: 300 },
        ],
      },
    ],
  ])('%s is a %s and leaves the verdict alone', (signal, severity, change) => {
    const report = prove(good, { facts: totals, evidence: { ...clean, ...change } });

    expect(report.tamper).toMatchObject([{ signal, severity }]);
    expect(report.verdict).toBe('proven');
  });

  test('a clean, linearized file raises nothing', () => {
    const evidence = { ...clean, isLinearized: true };

    expect(prove(good, { facts: totals, evidence }).tamper).toEqual([]);
  });
});
