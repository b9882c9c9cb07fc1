/** Plans rows onto pages and draws ruled tables, so that table readers find every cell. */
import type { DraftRow, PlannedPage, PlannedRow, TableRow } from '../draft.ts';
import { textWidth, wrapText } from './text-measure.ts';

export interface Column {
  /** Lines of the heading. */
  heading: readonly string[];
  width: number;
  align: 'left' | 'right';
  /** Text of the cell before wrapping. */
  text: (row: DraftRow) => string;
  /** Amount columns may be printed in another font by a mutation. */
  isAmount?: boolean;
}

export interface TableForm {
  left: number;
  fontSize: number;
  lineHeight: number;
  /** Space between a cell's border and its text. */
  padding: number;
  columns: readonly Column[];
  hasBorders: boolean;
}

export const bodyFont = 'Helvetica';
export const headingFont = 'Helvetica-Bold';
const otherFont = 'Courier';

/** Wraps a row's cells to its columns. */
export function planRow(form: TableForm, row: DraftRow): PlannedRow {
  const cells = form.columns.map((column) =>
    wrapText(column.text(row), column.width - 2 * form.padding, form.fontSize),
  );
  return { row, cells, height: rowHeight(form, cells), isMixedFont: row.isMixedFont === true };
}

/** The height in points that the given wrapped cells need. */
export function rowHeight(form: TableForm, cells: readonly (readonly string[])[]): number {
  const lines = Math.max(1, ...cells.map((cell) => cell.length));
  return lines * form.lineHeight + 2 * form.padding;
}

/** Fills pages from the top; the first page has less room than the others. Never empty. */
export function planPages(
  rows: readonly PlannedRow[],
  room: { first: number; other: number },
): PlannedPage[] {
  let page: PlannedPage = { rows: [] };
  const pages = [page];
  let left = room.first;
  for (const row of rows) {
    if (row.height > left && page.rows.length > 0) {
      page = { rows: [] };
      pages.push(page);
      left = room.other;
    }
    page.rows.push(row);
    left -= row.height;
  }
  return pages;
}

/** Draws a table from `top` down and returns the y below it; the header repeats every `headerEvery` rows. */
export function drawTable(
  doc: PDFKit.PDFDocument,
  form: TableForm,
  table: { top: number; rows: readonly TableRow[]; headerEvery?: number | undefined },
): number {
  let y = table.top;
  const edges = [y];
  const heading = form.columns.map((column) => column.heading);
  const drawHeading = (): void => {
    drawCells(doc, form, { y, cells: heading, fonts: () => headingFont });
    y += rowHeight(form, heading);
    edges.push(y);
  };
  drawHeading();
  for (const [index, planned] of table.rows.entries()) {
    if (table.headerEvery !== undefined && index > 0 && index % table.headerEvery === 0)
      drawHeading();
    const fonts = (column: Column): string =>
      planned.isMixedFont === true && column.isAmount === true ? otherFont : bodyFont;
    drawCells(doc, form, { y, cells: planned.cells, fonts });
    y += planned.height;
    edges.push(y);
  }
  if (form.hasBorders) drawBorders(doc, form, edges);
  return y;
}

function drawCells(
  doc: PDFKit.PDFDocument,
  form: TableForm,
  row: { y: number; cells: readonly (readonly string[])[]; fonts: (column: Column) => string },
): void {
  let x = form.left;
  for (const [index, column] of form.columns.entries()) {
    const font = row.fonts(column);
    doc.font(font).fontSize(form.fontSize);
    for (const [line, text] of (row.cells[index] ?? []).entries()) {
      if (text === '') continue;
      const spare = column.width - form.padding - textWidth(text, form.fontSize, font);
      const at = column.align === 'right' ? x + spare : x + form.padding;
      doc.text(text, at, row.y + form.padding + line * form.lineHeight, { lineBreak: false });
    }
    x += column.width;
  }
}

/** One stroke per line: a table reader recognises single lines, not one path of many. */
function drawBorders(doc: PDFKit.PDFDocument, form: TableForm, edges: readonly number[]): void {
  const width = form.columns.reduce((sum, column) => sum + column.width, 0);
  const [top = 0] = edges;
  const bottom = edges.at(-1) ?? top;
  doc.lineWidth(0.5);
  for (const y of edges) {
    doc
      .moveTo(form.left, y)
      .lineTo(form.left + width, y)
      .stroke();
  }
  let x = form.left;
  for (const column of [undefined, ...form.columns]) {
    x += column?.width ?? 0;
    doc.moveTo(x, top).lineTo(x, bottom).stroke();
  }
}
