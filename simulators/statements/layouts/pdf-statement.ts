/** Writes a statement PDF from a form: heading, summary, detail table over pages, footers. */
import { formatAmount } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import type { Draft, DraftRow, PlannedPage } from '../draft.ts';
import { drawForeignStatement } from './foreign-statement.ts';
import type { WrittenFile } from './layout.ts';
import { closePdf, openPdf } from './pdf-document.ts';
import { bodyFont, drawTable, headingFont, planPages, planRow, rowHeight } from './pdf-table.ts';
import type { Column, TableForm } from './pdf-table.ts';
import { drawScannedPages } from './scanned-page.ts';

export interface PdfForm {
  size: [number, number];
  left: number;
  fontSize: number;
  lineHeight: number;
  padding: number;
  title: (draft: Draft) => string;
  labels: (draft: Draft) => readonly (readonly [string, string])[];
  summaryHeading: readonly [string, string, string];
  detailHeading: string;
  columns: (draft: Draft) => readonly Column[];
  /** Free space kept at the bottom of every page. */
  footerHeight: number;
  footer: (draft: Draft, page: { number: number; count: number }) => readonly string[];
}

const topMargin = 36;
const labelHeight = 14;
const titleHeight = 30;
const gap = 18;

/** Writes the draft in this form; page edits and the scanned and foreign variants apply here. */
export async function writePdfStatement(form: PdfForm, draft: Draft): Promise<WrittenFile> {
  const doc = openPdf(draft, form.size);
  if (draft.printing.isForeign) {
    drawForeignStatement(doc, form.size, draft);
    return { bytes: await closePdf(doc), pageCount: 1, rows: [] };
  }
  const pages = planned(form, draft);
  if (draft.printing.isScanned) {
    drawScannedPages(doc, form.size, pages);
    return { bytes: await closePdf(doc), pageCount: pages.length, rows: [] };
  }
  for (const [index, page] of pages.entries()) {
    doc.addPage({ size: form.size, margin: 0 });
    const top = index === 0 ? drawHeading(doc, form, draft) : topMargin;
    const { headerEvery } = draft.printing;
    drawTable(doc, detailForm(form, draft), { top, rows: page.rows, headerEvery });
    drawFooter(doc, form, form.footer(draft, { number: index + 1, count: pages.length }));
  }
  const rows = pages.flatMap((page) => page.rows.filter((row) => row.isContinuation !== true));
  return { bytes: await closePdf(doc), pageCount: pages.length, rows: rows.map(({ row }) => row) };
}

function planned(form: PdfForm, draft: Draft): PlannedPage[] {
  const table = detailForm(form, draft);
  const header = rowHeight(
    table,
    table.columns.map((column) => column.heading),
  );
  const bottom = form.size[1] - form.footerHeight;
  const repeats = draft.printing.headerEvery === undefined ? 0 : 3;
  const room = {
    first: bottom - headingBottom(form, draft) - header * (1 + repeats),
    other: bottom - topMargin - header * (1 + repeats),
  };
  const rows = draft.rows.map((row) => planRow(table, row));
  return draft.pageEdits.reduce((pages, edit) => edit(pages), planPages(rows, room));
}

function detailForm(form: PdfForm, draft: Draft): TableForm {
  const { left, fontSize, lineHeight, padding } = form;
  const columns = form.columns(draft);
  return { left, fontSize, lineHeight, padding, columns, hasBorders: draft.printing.hasBorders };
}

function summaryForm(form: PdfForm, draft: Draft): TableForm {
  const [label, paidIn, paidOut] = form.summaryHeading;
  const column = (heading: string, width: number, align: 'left' | 'right'): Column => ({
    heading: [heading],
    width,
    align,
    text: () => '',
  });
  const columns = [
    column(label, 190, 'left'),
    column(paidIn, 95, 'right'),
    column(paidOut, 95, 'right'),
  ];
  return { ...detailForm(form, draft), columns };
}

function headingBottom(form: PdfForm, draft: Draft): number {
  const line = rowHeight(summaryForm(form, draft), [['']]);
  const summary =
    draft.printed.summary.length === 0 ? 0 : (draft.printed.summary.length + 2) * line + gap;
  return topMargin + titleHeight + form.labels(draft).length * labelHeight + summary + 2 * gap;
}

function drawHeading(doc: PDFKit.PDFDocument, form: PdfForm, draft: Draft): number {
  const write = (text: string, x: number, y: number): void => {
    doc.text(text, x, y, { lineBreak: false });
  };
  doc.font(headingFont).fontSize(13);
  write(form.title(draft), form.left, topMargin);
  doc.fontSize(8);
  let y = topMargin + titleHeight;
  for (const [label, value] of form.labels(draft)) {
    doc.font(headingFont);
    write(label, form.left, y);
    doc.font(bodyFont);
    write(value, form.left + 110, y);
    y += labelHeight;
  }
  if (draft.printed.summary.length > 0) y = drawSummary(doc, form, { draft, top: y });
  doc.font(headingFont).fontSize(9);
  write(form.detailHeading, form.left, y + 4);
  return headingBottom(form, draft);
}

function drawSummary(
  doc: PDFKit.PDFDocument,
  form: PdfForm,
  place: { draft: Draft; top: number },
): number {
  const { draft, top } = place;
  doc
    .font(headingFont)
    .fontSize(9)
    .text('SUMMARY', form.left, top + 4, { lineBreak: false });
  const table = summaryForm(form, draft);
  const { summary, totalInCents, totalOutCents } = draft.printed;
  const total = { label: 'TOTAL:', inCents: totalInCents, outCents: totalOutCents };
  const rows = [...summary, total].map((line) => ({
    cells: [[line.label], [formatAmount(line.inCents)], [formatAmount(line.outCents)]],
    height: rowHeight(table, [['']]),
  }));
  return drawTable(doc, table, { top: top + gap, rows });
}

function drawFooter(doc: PDFKit.PDFDocument, form: PdfForm, lines: readonly string[]): void {
  doc.font(bodyFont).fontSize(6.5);
  let y = form.size[1] - form.footerHeight + 20;
  for (const line of lines) {
    doc.text(line, form.left, y, { lineBreak: false });
    y += 9;
  }
}

/** The amount of a cell; an override by a mutation wins. */
export function amountText(
  row: DraftRow,
  cell: 'paidIn' | 'withdrawn',
  print: (amount: Cents) => string,
): string {
  return row.cells?.[cell] ?? print(cell === 'paidIn' ? row.inCents : row.outCents);
}
