import { amount, text, type Sheet } from '../../activities/sheets/cells.ts';
import type { BatchRow } from '../../db/payout-batches.ts';
import { showRow } from './present.ts';

/** What became of every row, in the order of the file; numbers stay masked. */
export const batchSheet: Sheet<BatchRow> = {
  name: { en: 'rows', sw: 'safu' },
  columns: [
    ['row', 'safu', (row) => text(row.ordinal)],
    ['state', 'hali', (row) => text(showRow(row).state)],
    ['payee', 'mlipwaji', (row) => text(showRow(row).payeeMasked)],
    ['name', 'jina', (row) => text(showRow(row).name)],
    ['reference', 'kumbukumbu', (row) => text(showRow(row).reference)],
    ['amount', 'kiasi', (row) => amount(row.amountCents)],
    ['receipt', 'risiti', (row) => text(showRow(row).receipt)],
    ['why', 'sababu', (row) => text(showRow(row).detail)],
    ['payout', 'malipo', (row) => text(showRow(row).disbursementId)],
  ],
};
