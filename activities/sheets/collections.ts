import type { Collection } from '../../db/collection-record.ts';
import { toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import { nairobiText } from '../../domain/time.ts';
import { amount, text, type Sheet } from './cells.ts';

/** Collections with what came of each; numbers stay masked. */
export function collectionSheet(
  shortcodes: ReadonlyMap<ShortcodeId, { number: string }>,
): Sheet<Collection> {
  return {
    name: { en: 'Collections', sw: 'Makusanyo' },
    columns: [
      ['Id', 'Kitambulisho', (row) => text(toPublicId('collection', row.id))],
      ['Requested (Nairobi)', 'Iliombwa (Nairobi)', (row) => text(nairobiText(row.createdAt))],
      ['Status', 'Hali', (row) => text(row.status)],
      ['Amount (KES)', 'Kiasi (KES)', (row) => amount(row.amountCents)],
      ['Paid (KES)', 'Kilicholipwa (KES)', (row) => amount(row.paidCents)],
      ['Receipt', 'Risiti', (row) => text(row.receipt)],
      [
        'Paid at (Nairobi)',
        'Ililipwa (Nairobi)',
        (row) => text(row.paidAt && nairobiText(row.paidAt)),
      ],
      ['Reference', 'Kumbukumbu', (row) => text(row.accountReference)],
      ['Description', 'Maelezo', (row) => text(row.description)],
      ['Number (masked)', 'Namba (imefichwa)', (row) => text(row.msisdnMasked)],
      ['Shortcode', 'Namba ya biashara', (row) => text(shortcodes.get(row.shortcodeId)?.number)],
      ['Result code', 'Msimbo wa matokeo', (row) => text(row.resultCode)],
      ['Source', 'Chanzo', (row) => text(row.source)],
    ],
  };
}
