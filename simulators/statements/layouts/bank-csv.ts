/** Bank statements as CSV, oldest row first: shapes like those of two large Kenyan banks. */
import { formatAmount } from '../../../domain/money.ts';
import { businessDateOf } from '../../../domain/time.ts';
import type { Draft, DraftRow } from '../draft.ts';
import { dayFirstDate } from '../printed-dates.ts';
import { csvBytes } from './csv-text.ts';
import type { Layout } from './layout.ts';

interface BankColumn {
  heading: string;
  text: (row: DraftRow) => string;
}

const transactionDate: BankColumn = {
  heading: 'Transaction Date',
  text: (row) => row.cells?.completionTime ?? dayFirstDate(businessDateOf(row.completedAt), '/'),
};
const valueDate: BankColumn = {
  heading: 'Value Date',
  text: (row) => dayFirstDate(businessDateOf(row.completedAt), '/'),
};
const reference: BankColumn = {
  heading: 'Reference',
  text: (row) => row.cells?.receipt ?? row.receipt,
};
const debit: BankColumn = {
  heading: 'Debit',
  text: (row) => row.cells?.withdrawn ?? (row.outCents === 0 ? '' : formatAmount(row.outCents)),
};
const credit: BankColumn = {
  heading: 'Credit',
  text: (row) => row.cells?.paidIn ?? (row.inCents === 0 ? '' : formatAmount(row.inCents)),
};
const balance: BankColumn = {
  heading: 'Running Balance',
  text: (row) => row.cells?.balance ?? formatAmount(row.balanceCents),
};

function words(heading: string): BankColumn {
  return { heading, text: (row) => row.cells?.details ?? row.details };
}

const shapes = {
  equity: [transactionDate, valueDate, words('Narrative'), reference, debit, credit, balance],
  kcb: [transactionDate, valueDate, words('Description'), debit, credit, balance],
};

function bankRecords(draft: Draft, rows: readonly DraftRow[]): string[][] {
  const columns = shapes[draft.printing.bankShape].filter(
    (column) => column !== balance || draft.printing.hasBalanceColumn,
  );
  return [
    ['Account Name', draft.account.name],
    ['Account Number', draft.account.number],
    [
      'Statement Period',
      `${dayFirstDate(draft.period.from, '/')} - ${dayFirstDate(draft.period.to, '/')}`,
    ],
    columns.map((column) => column.heading),
    ...rows.map((row) => columns.map((column) => column.text(row))),
  ];
}

export const bankCsv: Layout = {
  name: 'bank-csv',
  format: 'mapped-csv',
  extension: 'csv',
  side: 'bank',
  style: { mask: 'export', dash: 'after' },
  printsFailures: false,
  summaryLabels: [],
  summaryLabel: () => '',
  write: async (draft) => {
    const rows = draft.rows.toReversed();
    const hasReference = draft.printing.bankShape === 'equity';
    return {
      bytes: csvBytes(bankRecords(draft, rows), draft.printing.csv),
      pageCount: 1,
      rows: hasReference ? rows : rows.map((row) => ({ ...row, receipt: '' })),
    };
  },
};
