import type { BatchRow } from '../../db/collection-batches.ts';
import { toPublicId } from '../../domain/ids.ts';
import { amount, text, type Sheet } from '../../activities/sheets/cells.ts';
import { showRow } from './present.ts';

/** What became of every row; numbers stay masked. */
export const batchSheet: Sheet<BatchRow> = {
  name: 'rows',
  columns: [
    ['Row', (row) => text(row.rowNumber)],
    ['State', (row) => text(row.state)],
    ['Number (masked)', (row) => text(row.msisdnMasked)],
    ['Reference', (row) => text(row.reference)],
    ['Amount (KES)', (row) => amount(row.amountCents)],
    ['Receipt', (row) => text(row.receipt)],
    ['Problem', (row) => text(row.problem)],
    ['Result code', (row) => text(row.resultCode)],
    ['Why', (row) => text(showRow(row).resultWords?.en)],
    ['Request', (row) => text(row.collectionId && toPublicId('collection', row.collectionId))],
  ],
};
