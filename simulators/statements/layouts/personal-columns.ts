/** The seven columns shared by the personal and till statements. */
import { formatAmount } from '../../../domain/money.ts';
import { nairobiText } from '../../../domain/time.ts';
import type { Draft, DraftRow } from '../draft.ts';
import { amountText } from './pdf-statement.ts';
import type { Column } from './pdf-table.ts';
import type { Cents } from '../../../domain/money.ts';

export interface ColumnTexts {
  receipt: readonly string[];
  time: readonly string[];
  status: readonly string[];
  paidIn: readonly string[];
  withdrawn: readonly string[];
  balance: readonly string[];
}

export interface ColumnStyle {
  headings: ColumnTexts;
  /** Widths of receipt, time, details, status, paid in, withdrawn, balance. */
  widths: readonly [number, number, number, number, number, number, number];
  statusText: (row: DraftRow) => string;
  paidInText: (amount: Cents) => string;
  withdrawnText: (amount: Cents) => string;
}

/** Builds the columns; without a balance column its width goes to the details. */
export function personalColumns(style: ColumnStyle, draft: Draft): Column[] {
  const [receipt, time, details, status, paidIn, withdrawn, balance] = style.widths;
  const { hasBalanceColumn, hasNarrowDetails } = draft.printing;
  const wide = details + (hasBalanceColumn ? 0 : balance);
  const columns: Column[] = [
    left(style.headings.receipt, receipt, (row) => row.cells?.receipt ?? row.receipt),
    left(
      style.headings.time,
      time,
      (row) => row.cells?.completionTime ?? nairobiText(row.completedAt),
    ),
    left(
      ['Details'],
      hasNarrowDetails ? wide / 2 : wide,
      (row) => row.cells?.details ?? row.details,
    ),
    left(style.headings.status, status, (row) => row.cells?.status ?? style.statusText(row)),
    amount(style.headings.paidIn, paidIn, (row) => amountText(row, 'paidIn', style.paidInText)),
    amount(style.headings.withdrawn, withdrawn, (row) =>
      amountText(row, 'withdrawn', style.withdrawnText),
    ),
  ];
  if (hasBalanceColumn) {
    const text = (row: DraftRow): string => row.cells?.balance ?? formatAmount(row.balanceCents);
    columns.push(amount(style.headings.balance, balance, text));
  }
  return columns;
}

/** A left-aligned text column. */
export function left(heading: readonly string[], width: number, text: Column['text']): Column {
  return { heading, width, align: 'left', text };
}

function amount(heading: readonly string[], width: number, text: Column['text']): Column {
  return { heading, width, align: 'right', text, isAmount: true };
}
