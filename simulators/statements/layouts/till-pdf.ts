/** Till statement of the business app: the personal columns and two more, on landscape A4. */
import { formatAmount, negate } from '../../../domain/money.ts';
import type { Draft, DraftRow } from '../draft.ts';
import { namedDate } from '../printed-dates.ts';
import type { Layout } from './layout.ts';
import { writePdfStatement } from './pdf-statement.ts';
import type { PdfForm } from './pdf-statement.ts';
import type { Column } from './pdf-table.ts';
import { left, personalColumns } from './personal-columns.ts';
import type { ColumnStyle } from './personal-columns.ts';
import { capitalised } from './status-text.ts';

const columnStyle: ColumnStyle = {
  headings: {
    receipt: ['Receipt No.'],
    time: ['Completion Time'],
    status: ['Transaction Status'],
    paidIn: ['Paid In'],
    withdrawn: ['Withdrawn'],
    balance: ['Balance'],
  },
  widths: [64, 80, 158, 74, 62, 62, 66],
  statusText: (row) => capitalised(row.status),
  paidInText: formatAmount,
  withdrawnText: (amount) => formatAmount(negate(amount)),
};

function tillColumns(draft: Draft): Column[] {
  return [
    ...personalColumns(columnStyle, draft),
    left(['Transaction Type'], 94, (row) => row.reasonType),
    left(['Other Party'], 122, (row) => row.otherParty),
  ];
}

const labelOfKind: Readonly<Record<string, string>> = {
  till: 'CUSTOMER PAYMENTS:',
  settlement: 'WITHDRAW TO BANK:',
  fee: 'CHARGES:',
};

function summaryLabel(row: DraftRow): string {
  return labelOfKind[row.purpose.split('.')[0] ?? ''] ?? 'OTHERS:';
}

const form: PdfForm = {
  size: [842, 595],
  left: 28,
  fontSize: 7,
  lineHeight: 8.5,
  padding: 3,
  title: () => 'M-PESA FOR BUSINESS STATEMENT',
  labels: (draft) => [
    ['Business Name:', draft.account.name],
    ['Till Number:', draft.account.number],
    ['Statement Period:', `${namedDate(draft.period.from)} - ${namedDate(draft.period.to)}`],
    ['Request Date:', namedDate(draft.requestedOn)],
  ],
  summaryHeading: ['TRANSACTION TYPE', 'PAID IN', 'PAID OUT'],
  detailHeading: 'DETAILED STATEMENT',
  columns: tillColumns,
  footerHeight: 56,
  footer: (_draft, page) => [
    `Page ${page.number} of ${page.count}`,
    'Disclaimer: This record is produced for your business use. Terms and conditions apply.',
  ],
};

export const tillPdf: Layout = {
  name: 'till',
  format: 'till-pdf',
  extension: 'pdf',
  side: 'organisation',
  style: { mask: 'export', dash: 'after' },
  printsFailures: true,
  summaryLabels: ['CUSTOMER PAYMENTS:', 'WITHDRAW TO BANK:', 'CHARGES:', 'OTHERS:'],
  summaryLabel,
  write: (draft) => writePdfStatement(form, draft),
};
