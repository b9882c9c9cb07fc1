/** Personal statement, layout A: "MPESA FULL STATEMENT", A4, unsigned withdrawals, zeros printed. */
import { formatAmount } from '../../../domain/money.ts';
import type { Draft, DraftRow } from '../draft.ts';
import { ordinalDate } from '../printed-dates.ts';
import type { Layout } from './layout.ts';
import { writePdfStatement } from './pdf-statement.ts';
import type { PdfForm } from './pdf-statement.ts';
import { personalColumns } from './personal-columns.ts';
import type { ColumnStyle } from './personal-columns.ts';

const labelOfKind: Readonly<Record<string, string>> = {
  send: 'Send Money',
  receive: 'Send Money',
  pochi: 'Send Money',
  paybill: 'Pay Bill',
  'standing-order': 'Pay Bill',
  card: 'Pay Bill',
  till: 'Customer Merchant Payment',
  withdraw: 'Cash Out',
  deposit: 'Cash In',
  airtime: 'Customer Airtime Purchase',
  bundles: 'Customer Bundle Purchase',
  savings: 'FSI Deposit',
};

/** The line of a purpose; overdrafts and charges count under their own line, as far as A has one. */
function summaryLabel(row: DraftRow): string {
  if (row.purpose === 'loan.fuliza.repay') return 'ODRepayment';
  if (row.purpose.startsWith('savings') && row.inCents > 0) return 'FSI Withdraw';
  const kind = row.purpose.replace(/^fee\./, '').split('.')[0] ?? '';
  return labelOfKind[kind] ?? (row.inCents > 0 ? 'B2C Payment' : 'Pay Bill');
}

const columnStyle: ColumnStyle = {
  headings: {
    receipt: ['Receipt No'],
    time: ['Completion Time'],
    status: ['Transaction', 'Status'],
    paidIn: ['Paid in'],
    withdrawn: ['Withdraw', 'n'],
    balance: ['Balance'],
  },
  widths: [62, 78, 150, 62, 62, 62, 63],
  statusText: (row) => row.status.toUpperCase(),
  paidInText: formatAmount,
  withdrawnText: formatAmount,
};

const form: PdfForm = {
  size: [595, 842],
  left: 28,
  fontSize: 7,
  lineHeight: 8.5,
  padding: 3,
  title: () => 'MPESA FULL STATEMENT',
  labels: (draft: Draft) => [
    ['Customer Name:', draft.account.name],
    ['Mobile Number:', draft.account.number],
    ['Date of Statement:', ordinalDate(draft.requestedOn)],
    ['Statement Period:', `${ordinalDate(draft.period.from)} - ${ordinalDate(draft.period.to)}`],
  ],
  summaryHeading: ['TRANSACTION TYPE', 'PAID IN', 'PAID OUT'],
  detailHeading: 'DETAILED STATEMENT',
  columns: (draft) => personalColumns(columnStyle, draft),
  footerHeight: 70,
  footer: (_draft, page) => (page.number === page.count ? lastPageFooter : []),
};

const lastPageFooter = [
  'Disclaimer: This record is produced for your personal use and is not transferable.',
  'If any of the above details are incorrect, please contact customer care.',
  'Twitter: @Safaricom_Care   Facebook: SafaricomPLC',
];

export const personalA: Layout = {
  name: 'personal-a',
  format: 'personal-a',
  extension: 'pdf',
  side: 'person',
  style: { mask: 'short', dash: 'after' },
  printsFailures: false,
  summaryLabels: [
    'Cash Out',
    'Send Money',
    'B2C Payment',
    'Pay Bill',
    'FSI Withdraw',
    'Cash In',
    'FSI Deposit',
    'ODRepayment',
    'Customer Merchant Payment',
    'Customer Airtime Purchase',
    'Customer Bundle Purchase',
  ],
  summaryLabel,
  write: (draft) => writePdfStatement(form, draft),
};
