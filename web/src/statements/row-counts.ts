import type { Statement } from '../../../api/statements/schema.ts';

export type RowsKnown = 'none' | 'read' | 'all-new' | 'partly-new';

/** How much can be said about a file's rows: which are new is known only once they are posted. */
export function rowsKnown(
  statement: Pick<Statement, 'rowCount' | 'newRowCount' | 'stage' | 'status'>,
): RowsKnown {
  if (statement.rowCount === 0) return 'none';
  const isPosted = statement.stage === 'posted' || statement.stage === 'categorised';
  if (!isPosted || statement.status === 'processing') return 'read';
  return statement.newRowCount === statement.rowCount ? 'all-new' : 'partly-new';
}
