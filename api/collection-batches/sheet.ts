import type { BatchRow } from '../../db/collection-batches.ts';
import { toPublicId } from '../../domain/ids.ts';
import { amount, text, type Sheet } from '../../activities/sheets/cells.ts';
import { showRow } from './present.ts';

/** What became of every row; numbers stay masked. */
export const batchSheet: Sheet<BatchRow> = {
  name: { en: 'rows', sw: 'safu' },
  columns: [
    ['Row', 'Safu', (row) => text(row.rowNumber)],
    ['State', 'Hali', (row) => text(row.state)],
    ['Number (masked)', 'Namba (imefichwa)', (row) => text(row.msisdnMasked)],
    ['Reference', 'Kumbukumbu', (row) => text(row.reference)],
    ['Amount (KES)', 'Kiasi (KES)', (row) => amount(row.amountCents)],
    ['Receipt', 'Risiti', (row) => text(row.receipt)],
    ['Problem', 'Tatizo', (row) => text(row.problem)],
    ['Result code', 'Msimbo wa matokeo', (row) => text(row.resultCode)],
    ['Why', 'Sababu', (row) => text(showRow(row).resultWords?.en)],
    [
      'Request',
      'Ombi',
      (row) => text(row.collectionId && toPublicId('collection', row.collectionId)),
    ],
  ],
};
