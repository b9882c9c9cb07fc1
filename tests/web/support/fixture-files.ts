/** What is inside the files of the fixtures: rows, rows that cannot be read, foreign columns. */
import { cellsIn } from '../../../domain/statements/typed-rows.ts';
import { rejectInSwahili } from '../../../domain/statements/in-swahili.ts';
import { tellRow } from '../../../domain/statements/row-phrases.ts';
import type { MappingProposal } from '../../../api/statements/mapping-schema.ts';
import type {
  DecidedReject,
  StatementLine,
  StatementReject,
} from '../../../api/statements/schema.ts';
import type { TransactionDetail } from '../../../api/transactions/schema.ts';
import { zero } from '../../../domain/money.ts';

/** The rows of a file, from the rows of the books. */
export function fixtureLines(rows: readonly TransactionDetail[], count: number): StatementLine[] {
  return rows.slice(0, count).map((row, ordinal) => ({
    ordinal,
    page: 1 + Math.floor(ordinal / 35),
    line: 1 + (ordinal % 35),
    receipt: row.receipt,
    completedAt: row.occurredAt,
    details: row.details,
    status: ordinal % 60 === 59 ? 'failed' : 'completed',
    inCents: row.direction === 'in' ? row.amountCents : zero,
    outCents: row.direction === 'out' ? row.amountCents : zero,
    balanceCents: row.balanceCents,
    purpose: row.purpose,
    channel: row.channel,
    isNew: ordinal % 4 !== 3,
    transactionId: row.id,
  }));
}

const sixCharacters = tellRow('receipt-length', { length: 6 });
const rejected = (detail: string) => ({ detail, detailSw: rejectInSwahili(detail) });

export const fixtureUnread: readonly StatementReject[] = [
  {
    page: 1,
    line: 214,
    raw: 'TIF0K2 | 2026-08-15 10:14:02 | Pay merchant Charge | Completed |  | -12.00 | 8841.20',
    reason: 'receipt-malformed',
    ...rejected(tellRow('cell-problem', { cell: 'Receipt No', problem: sixCharacters })),
  },
  {
    page: 1,
    line: 671,
    raw: 'TIQ7HH0B2K,2026-08-32 09:00:41,Customer Transfer to 0712***678,Completed,,-500.00,7120.00',
    reason: 'time-impossible',
    ...{ detail: 'August has 31 days.', detailSw: null },
  },
  {
    page: 1,
    line: 902,
    raw: 'TIU2LL9M4S,2026-09-20 18:22:10,Airtime Purchase,Completed,50.00,-50.00,6610.00',
    reason: 'amount-both-columns',
    ...rejected(tellRow('both-columns')),
  },
];

export const fixtureRejects: readonly DecidedReject[] = fixtureUnread.map((row, seq) => ({
  ...row,
  seq,
  ...{ version: 1, state: 'open', isSettled: false, suggested: cellsIn(row.raw) },
  ...{ typed: null, whySkipped: null, decidedBy: null, decidedAt: null },
}));

export const fixtureMapping: MappingProposal = {
  header: ['Txn Date', 'Value Date', 'Narrative', 'Debit', 'Credit', 'Running Balance'],
  sampleRows: [
    ['03/11/2026', '03/11/2026', 'MPESA C2B 512330 GRACE W', '', '4,500.00', '129,110.00'],
    ['03/11/2026', '03/11/2026', 'CHEQUE 000114 LANDLORD', '35,000.00', '', '94,110.00'],
    ['04/11/2026', '04/11/2026', 'LEDGER FEE', '120.00', '', '93,990.00'],
  ],
  headerRow: 0,
  delimiter: ',',
  proposed: {
    headerRow: 0,
    delimiter: ',',
    dateOrder: 'day-first',
    signRule: 'negative-is-out',
    columns: {
      completionTime: 'Txn Date',
      details: 'Narrative',
      paidIn: 'Credit',
      withdrawn: 'Debit',
      balance: 'Running Balance',
    },
  },
  reasons: [
    '“Narrative” holds the longest text.',
    'Days above 12 come first in 3 of 3 dates, so the day is first.',
  ],
  reasonsSw: [null, null],
  remembered: null,
};
