/** Personal statement, layout B: "M-PESA STATEMENT", letter size, negative withdrawals, blanks. */
import { formatAmount, negate } from '../../../domain/money.ts';
import type { DraftRow } from '../draft.ts';
import { namedDate } from '../printed-dates.ts';
import type { Layout } from './layout.ts';
import { capitalised } from './status-text.ts';
import { writePdfStatement } from './pdf-statement.ts';
import type { PdfForm } from './pdf-statement.ts';
import { personalColumns } from './personal-columns.ts';
import type { ColumnStyle } from './personal-columns.ts';

const columnStyle: ColumnStyle = {
  headings: {
    receipt: ['Receipt No.'],
    time: ['Completion Time'],
    status: ['Transaction Status'],
    paidIn: ['Paid In'],
    withdrawn: ['Withdrawn'],
    balance: ['Balance'],
  },
  widths: [64, 80, 154, 70, 62, 64, 64],
  statusText: (row) => capitalised(row.status),
  paidInText: (amount) => (amount === 0 ? '' : formatAmount(amount)),
  withdrawnText: (amount) => (amount === 0 ? '' : formatAmount(negate(amount))),
};

const labelOfKind: Readonly<Record<string, string>> = {
  send: 'SEND MONEY:',
  receive: 'RECEIVED MONEY:',
  deposit: 'AGENT DEPOSIT:',
  withdraw: 'AGENT WITHDRAWAL:',
  paybill: 'LIPA NA M-PESA (PAYBILL):',
  till: 'LIPA NA M-PESA (BUY GOODS):',
};

function summaryLabel(row: DraftRow): string {
  const kind = row.purpose.replace(/^fee\./, '').split('.')[0] ?? '';
  return labelOfKind[kind] ?? 'OTHERS:';
}

const form: PdfForm = {
  size: [612, 792],
  left: 27,
  fontSize: 7,
  lineHeight: 8.5,
  padding: 3,
  title: () => 'M-PESA STATEMENT',
  labels: (draft) => [
    ['Customer Name:', draft.account.name],
    ['Mobile Number:', `0${draft.account.number.slice(3)}`],
    ['Email Address:', `${draft.account.name.split(' ')[0]?.toLowerCase() ?? ''}@example.co.ke`],
    ['Statement Period:', `${namedDate(draft.period.from)} - ${namedDate(draft.period.to)}`],
    ['Request Date:', namedDate(draft.requestedOn)],
  ],
  summaryHeading: ['TRANSACTION TYPE', 'PAID IN', 'PAID OUT'],
  detailHeading: 'DETAILED STATEMENT',
  columns: (draft) => personalColumns(columnStyle, draft),
  footerHeight: 78,
  footer: (draft, page) => [
    `Page ${page.number} of ${page.count}`,
    'Disclaimer: This record is produced for your personal use and is not transferable.',
    'To verify the validity of this statement dial *334# and select My Account.',
    `Statement Verification Code ${draft.verificationCode}`,
    'For self-help dial *234#. Terms and conditions apply.',
  ],
};

export const personalB: Layout = {
  name: 'personal-b',
  format: 'personal-b',
  extension: 'pdf',
  side: 'person',
  style: { mask: 'long', dash: 'before' },
  printsFailures: true,
  summaryLabels: [
    'SEND MONEY:',
    'RECEIVED MONEY:',
    'AGENT DEPOSIT:',
    'AGENT WITHDRAWAL:',
    'LIPA NA M-PESA (PAYBILL):',
    'LIPA NA M-PESA (BUY GOODS):',
    'OTHERS:',
  ],
  summaryLabel,
  write: (draft) => writePdfStatement(form, draft),
};
