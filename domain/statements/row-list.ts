/** Rows to point at in a report: all are counted, the first fifty are kept. */
import type { RowPointer, StatementLine } from './terms.ts';

export interface RowTally {
  count: number;
  rows: readonly RowPointer[];
}

export interface RowList {
  add(row: RowPointer): void;
  tally(): RowTally;
}

const kept = 50;

/** An empty list that never holds more than fifty rows. */
export function createRowList(): RowList {
  const rows: RowPointer[] = [];
  let count = 0;
  return {
    add(row) {
      count += 1;
      if (rows.length < kept) rows.push(row);
    },
    tally: () => ({ count, rows }),
  };
}

/** Where a line stands on the paper. */
export function pointerOf({ page, line, receipt }: StatementLine): RowPointer {
  return { page, line, receipt };
}
