/** Reads the rows of a page from the cells that drawn borders make. */
import { recogniseHeader } from '../../domain/statements/columns.ts';
import { append, type PageRow, type PageRows } from './pdf-positioned.ts';

export interface TableShape {
  columnCount: number;
  receiptColumn: number;
  timeColumn: number;
}

/**
 * Turns the tables of a page into rows. Undefined when a row does not have the header's cells, so
 * that the positions of the text have to decide; tables of another width (the summary) are left out.
 */
export function readTableRows(
  tables: readonly (readonly (readonly string[])[])[],
  shape: TableShape,
): PageRows | undefined {
  const rows: PageRow[] = [];
  let continued: string[] | undefined;
  for (const table of tables) {
    if (Math.max(0, ...table.map((row) => row.length)) < 5) continue;
    for (const raw of table) {
      const cells = raw.map((cell) => cell.replace(/\s+/g, ' ').trim());
      if (cells.every((cell) => cell === '') || recogniseHeader(cells)) continue;
      if (cells.length !== shape.columnCount) return undefined;
      const isTail = cells[shape.receiptColumn] === '' && cells[shape.timeColumn] === '';
      if (!isTail) rows.push({ cells });
      else if (rows.length > 0) append(rows.at(-1)?.cells ?? [], cells);
      else if (continued) append(continued, cells);
      else continued = cells;
    }
  }
  return { continued, rows };
}
