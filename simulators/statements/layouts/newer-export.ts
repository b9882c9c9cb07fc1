/** Organisation export, newer template: header first, every cell text, balances per sub-account. */
import { formatAmount, negate } from '../../../domain/money.ts';
import type { Draft, DraftRow } from '../draft.ts';
import { dayFirstTime } from '../printed-dates.ts';
import type { Layout } from './layout.ts';
import { csvExport, portalExport } from './portal-export.ts';
import { capitalised } from './status-text.ts';
import { workbookBytes } from './workbook.ts';

const header = [
  'Receipt No',
  'Completion Time',
  'Details',
  'Transaction Status',
  'Paid In (KSHs)',
  'Withdrawn (KSHs)',
  'Balance (KSHs)',
];

function newerRecords(draft: Draft): string[][] {
  const records = [header, ...draft.rows.map(rowCells)];
  return draft.printing.hasBalanceColumn ? records : records.map((cells) => cells.slice(0, -1));
}

function rowCells(row: DraftRow): string[] {
  const { cells = {} } = row;
  return [
    cells.receipt ?? row.receipt,
    cells.completionTime ?? dayFirstTime(row.completedAt, '/'),
    cells.details ?? row.details,
    cells.status ?? capitalised(row.status),
    cells.paidIn ?? formatAmount(row.inCents),
    cells.withdrawn ?? formatAmount(negate(row.outCents)),
    cells.balance ?? formatAmount(row.balanceCents),
  ];
}

const common = { ...portalExport, format: 'organisation-newer' } as const;

export const newerCsv = csvExport(
  { format: 'organisation-newer', name: 'newer-csv' },
  newerRecords,
);

export const newerXlsx: Layout = {
  ...common,
  name: 'newer-xlsx',
  extension: 'xlsx',
  write: async (draft) => {
    const kind = { extension: 'xlsx', sheetName: 'Statement' } as const;
    return { bytes: workbookBytes(newerRecords(draft), kind), pageCount: 1, rows: draft.rows };
  },
};
