/** Statements in every state a person can meet, made from one complete example. */
import { tellFile } from '../../../domain/statements/file-phrases.ts';
import { problemInSwahili } from '../../../domain/statements/in-swahili.ts';
import { allRowsWereRead } from '../../../domain/statements/check-sentences.ts';
import type { Sentence } from '../../../domain/sentence.ts';
import { madeWith, signs } from '../../../domain/statements/tamper-sentences.ts';
import type { Operation } from '../../../api/operations/schema.ts';
import type { Statement } from '../../../api/statements/schema.ts';
import { cents } from '../../../domain/money.ts';
import { businessDate, instantFromEpochMs, type Instant } from '../../../domain/time.ts';
import { accounts, fixtureNowMs, publicId } from './fixture-rows.ts';

export const stageNames = [
  'received',
  'unlocked',
  'parsed',
  'proved',
  'posted',
  'categorised',
] as const;

/** An instant some seconds before the fixture's clock. */
export function ago(seconds: number): Instant {
  return instantFromEpochMs(fixtureNowMs - seconds * 1000);
}

function stagesUntil(stage: Statement['stage'], beganSecondsAgo: number): Statement['stages'] {
  const offsets = [0, 1, 3, 4, 6, 9];
  const counts = [
    null,
    null,
    { pages: 12, rows: 412, rejects: 0 },
    null,
    { posted: 412, newRows: 412 },
    { categorised: 412 },
  ];
  return stageNames.slice(0, stageNames.indexOf(stage) + 1).map((name, index) => ({
    stage: name,
    at: ago(beganSecondsAgo - (offsets[index] ?? 0)),
    counts: counts[index] ?? null,
  }));
}

/** As a proof of today says it; the others are from before there was Swahili. */
const said = ({ en, sw }: Sentence) => ({ detail: en, detailSw: sw });

const checks: Statement['checks'] = [
  {
    name: 'row-count',
    outcome: 'passed',
    ok: true,
    ...said(allRowsWereRead(412)),
    rows: [],
  },
  {
    name: 'summary-total',
    outcome: 'passed',
    ok: true,
    detail: 'Paid in 1,284,310.00 and withdrawn 1,190,455.50 equal the printed summary.',
    detailSw: null,
    rows: [],
  },
  {
    name: 'opening-closing',
    outcome: 'passed',
    ok: true,
    detail: '30,645.50 + 1,284,310.00 − 1,190,455.50 = 124,500.00.',
    detailSw: null,
    rows: [],
  },
  {
    name: 'balance-chain',
    outcome: 'passed',
    ok: true,
    detail: 'All 411 steps follow; 3 same-second pairs were put in the order that fits.',
    detailSw: null,
    rows: [],
  },
  {
    name: 'period',
    outcome: 'passed',
    ok: true,
    detail: 'Every row lies between 1 and 21 November 2026.',
    detailSw: null,
    rows: [],
  },
  {
    name: 'receipt-dates',
    outcome: 'passed',
    ok: true,
    detail: 'All receipts begin with the letters of their day.',
    detailSw: null,
    rows: [],
  },
  {
    name: 'duplicate-receipts',
    outcome: 'noted',
    ok: null,
    detail: '2 receipts are printed twice: once for the payment and once for its charge.',
    detailSw: null,
    rows: [
      { page: 2, line: 14, receipt: 'TKL7QH2M9A' },
      { page: 5, line: 3, receipt: 'TKH1BB40XC' },
    ],
  },
];

const complete: Statement = {
  id: publicId('stm', 1),
  fileName: 'M-PESA_Statement_Nov_2026.pdf',
  sizeBytes: 412_338,
  sha256: 'a3f1'.repeat(16),
  mediaKind: 'pdf',
  format: 'personal-b',
  status: 'posted',
  stage: 'categorised',
  verdict: 'proven',
  problem: null,
  problemDetail: null,
  problemDetailSw: null,
  account: accounts[0],
  periodFrom: businessDate('2026-11-01'),
  periodTo: businessDate('2026-11-21'),
  customerName: 'NJERI WANGARI KAMAU',
  verificationCode: 'K7Q2MB4X',
  rowCount: 412,
  newRowCount: 412,
  rejectCount: 0,
  skippedCount: 0,
  postedCount: 412,
  categorisedCount: 412,
  totals: { inCents: cents(128_431_000), outCents: cents(119_045_550), currency: 'KES' },
  openingCents: cents(3_064_550),
  closingCents: cents(12_450_000),
  firstAt: instantFromEpochMs(Date.parse('2026-11-01T05:12:00Z')),
  lastAt: ago(3600),
  checks,
  tamper: [],
  stages: stagesUntil('categorised', 7200),
  waitingFor: null,
  workflowId: 'statement/fixture/a3f1',
  runUrl: 'http://localhost:8233/namespaces/default/workflows/fixture',
  operationId: publicId('op', 1),
  createdBy: { id: publicId('usr', 1), name: 'Njeri Kamau' },
  createdAt: ago(7200),
  postedAt: ago(7190),
  undoneAt: null,
  version: 9,
  canUndo: true,
};

const unread = {
  format: null,
  verdict: null,
  account: null,
  periodFrom: null,
  periodTo: null,
  customerName: null,
  verificationCode: null,
  rowCount: 0,
  newRowCount: 0,
  rejectCount: 0,
  postedCount: 0,
  categorisedCount: 0,
  totals: { inCents: null, outCents: null, currency: 'KES' as const },
  openingCents: null,
  closingCents: null,
  firstAt: null,
  lastAt: null,
  checks: [],
  tamper: [],
  postedAt: null,
  canUndo: false,
} satisfies Partial<Statement>;

/** A statement with an id of its own and the given differences. */
export function aStatement(number: number, change: Partial<Statement>): Statement {
  return {
    ...complete,
    id: publicId('stm', number),
    operationId: publicId('op', number),
    ...change,
  };
}

/** A statement that was just received and about which nothing is known yet. */
export function anUnreadStatement(number: number, change: Partial<Statement>): Statement {
  return aStatement(number, {
    ...unread,
    status: 'processing',
    stage: 'received',
    stages: stagesUntil('received', 5),
    ...change,
  });
}

const edited: Statement['checks'] = checks.map((check) => {
  if (check.name === 'summary-total') {
    return {
      ...check,
      outcome: 'failed',
      ok: false,
      detail:
        'Paid in 1,284,310.00 was read but 1,204,310.00 is printed: 80,000.00 more than the summary.',
    };
  }
  if (check.name === 'balance-chain') {
    return {
      ...check,
      outcome: 'failed',
      ok: false,
      detail: 'One step does not follow: after 45,210.00 an income of 90,000.00 leaves 55,210.00.',
      rows: [{ page: 3, line: 17, receipt: 'TJK4M2P0QD' }],
    };
  }
  if (check.name === 'receipt-dates')
    return {
      ...check,
      outcome: 'not-printed',
      ok: null,
      detail: 'The file prints no dates to compare with.',
    };
  return check;
});

/** The list of a business that has been at it for a while. */
export function fixtureStatements(): Statement[] {
  return [
    complete,
    aStatement(2, {
      fileName: 'organisation_export_Q3.csv',
      mediaKind: 'csv',
      format: 'organisation-classic',
      sizeBytes: 1_904_221,
      rowCount: 1204,
      newRowCount: 312,
      rejectCount: 3,
      postedCount: 312,
      periodFrom: businessDate('2026-07-01'),
      periodTo: businessDate('2026-09-30'),
      createdAt: ago(90_000),
      verificationCode: null,
      sha256: 'b2'.repeat(32),
    }),
    anUnreadStatement(3, {
      fileName: 'MPESA_Statement_2026-10-01_to_2026-10-31_2547xxxxxx345.pdf',
      status: 'waiting-password',
      waitingFor: 'password',
      problem: 'password-needed',
      createdAt: ago(5400),
      sha256: 'c3'.repeat(32),
    }),
    aStatement(4, {
      fileName: 'till_statement_oct_edited.pdf',
      status: 'waiting-review',
      stage: 'proved',
      stages: stagesUntil('proved', 6000),
      waitingFor: 'review',
      verdict: 'needsReview',
      postedCount: 0,
      categorisedCount: 0,
      canUndo: false,
      postedAt: null,
      checks: edited,
      createdAt: ago(6000),
      sha256: 'd4'.repeat(32),
      tamper: [
        {
          signal: 'balance-chain-broken',
          severity: 'alarm',
          ...said(signs.chainBroken),
          rows: [{ page: 3, line: 17, receipt: 'TJK4M2P0QD' }],
        },
        {
          signal: 'modified-after-creation',
          severity: 'warning',
          detail: 'Created 1 Nov 2026, 08:02, changed 3 Nov 2026, 21:47.',
          detailSw: null,
          rows: [],
        },
        {
          signal: 'producer-unusual',
          severity: 'note',
          ...said(madeWith('PDF Editor 11')),
          rows: [],
        },
      ],
    }),
    anUnreadStatement(5, {
      fileName: 'equity_account_2026.csv',
      mediaKind: 'csv',
      status: 'waiting-mapping',
      stage: 'unlocked',
      stages: stagesUntil('unlocked', 8000),
      waitingFor: 'mapping',
      problem: 'mapping-needed',
      createdAt: ago(8000),
      sha256: 'e5'.repeat(32),
    }),
    aStatement(6, {
      fileName: 'scan0012.pdf',
      ...unread,
      status: 'refused',
      stage: 'unlocked',
      stages: stagesUntil('unlocked', 172_000),
      verdict: 'refused',
      problem: 'no-text-layer',
      problemDetail: tellFile('pictures'),
      problemDetailSw: problemInSwahili(tellFile('pictures')),
      createdAt: ago(172_000),
      sha256: 'f6'.repeat(32),
    }),
    aStatement(7, {
      fileName: 'M-PESA_Statement_Sep_2026.pdf',
      status: 'undone',
      undoneAt: ago(80_000),
      canUndo: false,
      createdAt: ago(260_000),
      periodFrom: businessDate('2026-09-01'),
      periodTo: businessDate('2026-09-30'),
      sha256: '07'.repeat(32),
    }),
  ];
}

/** The operation of a statement as the API shows it. */
export function operationOf(statement: Statement): Operation {
  const statuses = {
    posted: 'succeeded',
    refused: 'refused',
    undone: 'succeeded',
    abandoned: 'failed',
  } as const;
  const ended = Object.entries(statuses).find(([status]) => status === statement.status)?.[1];
  return {
    id: statement.operationId,
    kind: 'statement.ingest',
    subjectId: statement.id,
    status: ended ?? (statement.waitingFor === null ? 'running' : 'waiting'),
    stage: statement.stage,
    progress: null,
    result: null,
    error: null,
    workflowId: statement.workflowId,
    runUrl: statement.runUrl,
    createdAt: statement.createdAt,
    updatedAt: ago(0),
    version: 1,
  };
}
