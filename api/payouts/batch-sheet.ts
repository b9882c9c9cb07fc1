import { amount, text, type Sheet } from '../../activities/sheets/cells.ts';
import type { BatchRow } from '../../db/payout-batches.ts';
import { showRow } from './present.ts';

/** What became of every row, in the order of the file; numbers stay masked. */
export const batchSheet: Sheet<BatchRow> = {
  name: 'rows',
  columns: [
    ['row', (row) => text(row.ordinal)],
    ['state', (row) => text(showRow(row).state)],
    ['payee', (row) => text(showRow(row).payeeMasked)],
    ['name', (row) => text(showRow(row).name)],
    ['reference', (row) => text(showRow(row).reference)],
    ['amount', (row) => amount(row.amountCents)],
    ['receipt', (row) => text(showRow(row).receipt)],
    ['why', (row) => text(showRow(row).detail)],
    ['payout', (row) => text(showRow(row).disbursementId)],
  ],
};
