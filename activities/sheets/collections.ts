import type { Collection } from '../../db/collection-record.ts';
import { toPublicId, type ShortcodeId } from '../../domain/ids.ts';
import { nairobiText } from '../../domain/time.ts';
import { amount, text, type Sheet } from './cells.ts';

/** Collections with what came of each; numbers stay masked. */
export function collectionSheet(
  shortcodes: ReadonlyMap<ShortcodeId, { number: string }>,
): Sheet<Collection> {
  return {
    name: 'Collections',
    columns: [
      ['Id', (row) => text(toPublicId('collection', row.id))],
      ['Requested (Nairobi)', (row) => text(nairobiText(row.createdAt))],
      ['Status', (row) => text(row.status)],
      ['Amount (KES)', (row) => amount(row.amountCents)],
      ['Paid (KES)', (row) => amount(row.paidCents)],
      ['Receipt', (row) => text(row.receipt)],
      ['Paid at (Nairobi)', (row) => text(row.paidAt && nairobiText(row.paidAt))],
      ['Reference', (row) => text(row.accountReference)],
      ['Description', (row) => text(row.description)],
      ['Number (masked)', (row) => text(row.msisdnMasked)],
      ['Shortcode', (row) => text(shortcodes.get(row.shortcodeId)?.number)],
      ['Result code', (row) => text(row.resultCode)],
      ['Source', (row) => text(row.source)],
    ],
  };
}
