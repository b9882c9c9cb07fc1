/** A bank's own statement: a ruled table of other columns that no M-PESA layout may claim. */
import { formatAmount } from '../../../domain/money.ts';
import { businessDateOf } from '../../../domain/time.ts';
import type { Draft, DraftRow } from '../draft.ts';
import { dayFirstDate } from '../printed-dates.ts';
import { drawTable, headingFont, planRow } from './pdf-table.ts';
import type { Column, TableForm } from './pdf-table.ts';

const mostRows = 20;

/** Draws one page of a bank's statement with the draft's newest rows. */
export function drawForeignStatement(
  doc: PDFKit.PDFDocument,
  size: [number, number],
  draft: Draft,
): void {
  doc.addPage({ size, margin: 0 });
  doc.font(headingFont).fontSize(13).text('UMOJA SAVINGS BANK', 28, 36, { lineBreak: false });
  doc.fontSize(9).text('ACCOUNT STATEMENT 01148-0092-77', 28, 60, { lineBreak: false });
  const form = foreignForm();
  const rows = draft.rows.slice(0, mostRows).map((row) => planRow(form, row));
  drawTable(doc, form, { top: 90, rows });
}

function foreignForm(): TableForm {
  const date = (row: DraftRow): string => dayFirstDate(businessDateOf(row.completedAt), '/');
  const column = (heading: string, width: number, text: Column['text']): Column => ({
    heading: [heading],
    width,
    align: 'left',
    text,
  });
  return {
    left: 28,
    fontSize: 7,
    lineHeight: 8.5,
    padding: 3,
    hasBorders: true,
    columns: [
      column('Trans Date', 55, date),
      column('Transaction Details', 180, () => 'EFT TRANSFER'),
      column('Reference No', 80, (row) => `FT${row.receipt.slice(2, 9)}/1`),
      column('Value Date', 55, date),
      column('Debit', 55, (row) => formatAmount(row.outCents)),
      column('Credit', 55, (row) => formatAmount(row.inCents)),
      column('Book Balance', 60, (row) => formatAmount(row.balanceCents)),
    ],
  };
}
