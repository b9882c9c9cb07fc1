/** What both templates of the portal's export have in common. */
import type { Draft } from '../draft.ts';
import { csvBytes } from './csv-text.ts';
import type { Layout } from './layout.ts';

export const portalExport = {
  side: 'organisation',
  style: { mask: 'export', dash: 'after' },
  printsFailures: true,
  summaryLabels: [],
  summaryLabel: () => '',
} as const;

/** The export as CSV; `recordsOf` gives its lines as the template prints them. */
export function csvExport(
  layout: Pick<Layout, 'format' | 'name'>,
  recordsOf: (draft: Draft) => readonly (readonly string[])[],
): Layout {
  return {
    ...portalExport,
    ...layout,
    extension: 'csv',
    write: async (draft) => ({
      bytes: csvBytes(recordsOf(draft), draft.printing.csv),
      pageCount: 1,
      rows: draft.rows,
    }),
  };
}
