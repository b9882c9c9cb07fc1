/** What every layout offers to the generator. */
import { cents } from '../../../domain/money.ts';
import type { StatementFormat } from '../../../domain/statements/terms.ts';
import type { WordingStyle } from '../book/wording.ts';
import type { Draft, DraftRow, SummaryLine } from '../draft.ts';
import type { LayoutName } from '../truth.ts';

export interface WrittenFile {
  bytes: Uint8Array;
  pageCount: number;
  /** The rows in the order in which the file shows them, after page edits. */
  rows: readonly DraftRow[];
}

export interface Layout {
  name: LayoutName;
  format: StatementFormat;
  extension: 'pdf' | 'csv' | 'xlsx' | 'xls';
  /** Whose account the layout shows. */
  side: 'person' | 'organisation' | 'bank';
  style: WordingStyle;
  /** Whether failed and cancelled attempts are printed at all. */
  printsFailures: boolean;
  /** Lines of the summary table, without the total; empty where the layout has none. */
  summaryLabels: readonly string[];
  /** The summary line a row is counted in. */
  summaryLabel: (row: DraftRow) => string;
  write(draft: Draft): Promise<WrittenFile>;
}

/** Sums completed rows under their labels, in the order of the layout's labels. */
export function summarise(
  layout: Pick<Layout, 'summaryLabels' | 'summaryLabel'>,
  rows: readonly DraftRow[],
): SummaryLine[] {
  const sums = new Map(layout.summaryLabels.map((label) => [label, { inCents: 0, outCents: 0 }]));
  for (const row of rows) {
    const sum = sums.get(layout.summaryLabel(row));
    if (sum === undefined || row.status !== 'completed') continue;
    sum.inCents += row.inCents;
    sum.outCents += row.outCents;
  }
  return [...sums].map(([label, sum]) => ({
    label,
    inCents: cents(sum.inCents),
    outCents: cents(sum.outCents),
  }));
}
