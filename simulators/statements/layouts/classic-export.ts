/** Organisation portal export, classic template: preamble lines, day-first times, blank zeros. */
import { negate } from '../../../domain/money.ts';
import { addSeconds } from '../book/moments.ts';
import { startOfBusinessDate } from '../../../domain/time.ts';
import type { Draft, DraftRow } from '../draft.ts';
import { dayFirstDate, dayFirstTime } from '../printed-dates.ts';
import type { Layout } from './layout.ts';
import { plainAmount } from './plain-amount.ts';
import { csvExport, portalExport } from './portal-export.ts';
import { capitalised } from './status-text.ts';
import { workbookBytes } from './workbook.ts';

const header = [
  'Receipt No.',
  'Completion Time',
  'Initiation Time',
  'Details',
  'Transaction Status',
  'Paid In',
  'Withdrawn',
  'Balance',
  'Balance Confirmed',
  'Reason Type',
  'Other Party Info',
  'Linked Transaction ID',
  'A/C No.',
  'Currency',
];
const balanceAt = header.indexOf('Balance');

/** The whole file as records of cells, preamble first. */
function classicRecords(draft: Draft): string[][] {
  const records = [...preamble(draft), header, ...draft.rows.map(rowCells)];
  if (draft.printing.hasBalanceColumn) return records;
  const isTable = (cells: readonly string[]): boolean => cells.length === header.length;
  return records.map((cells) => (isTable(cells) ? cells.toSpliced(balanceAt, 1) : cells));
}

function preamble(draft: Draft): string[][] {
  const { account, period, printed } = draft;
  const lastMoment = addSeconds(startOfBusinessDate(draft.requestedOn), 25_200);
  return [
    ['Account Holder:', account.name],
    ['Short Code:', account.number],
    ['Account:', account.kind === 'till' ? 'Merchant Account' : 'Utility Account'],
    [
      'Time Period:',
      'From',
      `${dayFirstDate(period.from, '-')} 00:00:00`,
      'To',
      `${dayFirstDate(period.to, '-')} 23:59:59`,
    ],
    [
      'Operator:',
      'jdoe',
      'Organization:',
      account.name,
      'Date of Report:',
      dayFirstTime(lastMoment, '-'),
    ],
    [
      'Opening Balance:',
      plainAmount(printed.openingCents),
      'Closing Balance:',
      plainAmount(printed.closingCents),
      'Available Balance:',
      '',
      'Total Paid In:',
      plainAmount(printed.totalInCents),
      'Total Withdrawn:',
      plainAmount(negate(printed.totalOutCents)),
    ],
  ];
}

function rowCells(row: DraftRow): string[] {
  const { cells = {} } = row;
  return [
    cells.receipt ?? row.receipt,
    cells.completionTime ?? dayFirstTime(row.completedAt, '-'),
    dayFirstTime(row.initiatedAt, '-'),
    cells.details ?? row.details,
    cells.status ?? capitalised(row.status),
    cells.paidIn ?? (row.inCents === 0 ? '' : plainAmount(row.inCents)),
    cells.withdrawn ?? (row.outCents === 0 ? '' : plainAmount(negate(row.outCents))),
    cells.balance ?? plainAmount(row.balanceCents),
    'true',
    row.reasonType,
    row.otherParty,
    row.linkedReceipt,
    row.accountReference,
    'KES',
  ];
}

const common = { ...portalExport, format: 'organisation-classic' } as const;

export const classicCsv = csvExport(
  { format: 'organisation-classic', name: 'classic-csv' },
  classicRecords,
);

export const classicXlsx: Layout = {
  ...common,
  name: 'classic-xlsx',
  extension: 'xlsx',
  write: async (draft) => writeWorkbook(draft, 'xlsx'),
};

export const classicXls: Layout = {
  ...common,
  name: 'classic-xls',
  extension: 'xls',
  write: async (draft) => writeWorkbook(draft, 'xls'),
};

function writeWorkbook(
  draft: Draft,
  extension: 'xlsx' | 'xls',
): Awaited<ReturnType<Layout['write']>> {
  const bytes = workbookBytes(classicRecords(draft), { extension, sheetName: 'Statement' });
  return { bytes, pageCount: 1, rows: draft.rows };
}
