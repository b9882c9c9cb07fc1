/** Collections as CSV (RFC 4180, UTF-8 with a byte order mark so that Excel reads it). */
import type { Collection } from '../../db/collection-record.ts';
import { toPublicId } from '../../domain/ids.ts';
import type { Cents } from '../../domain/money.ts';
import { nairobiText, type Instant } from '../../domain/time.ts';
import { csvLines } from '../guarded-csv.ts';
import { byteOrderMark, guarded } from '../../domain/spreadsheet.ts';
import type { Showing } from './present.ts';

const header = [
  'Id',
  'Requested (Nairobi)',
  'Status',
  'Amount (KES)',
  'Paid (KES)',
  'Receipt',
  'Paid at (Nairobi)',
  'Reference',
  'Description',
  'Number (masked)',
  'Shortcode',
  'Result code',
  'Source',
];

export async function* collectionsCsv(
  batches: AsyncIterable<readonly Collection[]>,
  shortcodes: Showing['shortcodes'],
): AsyncGenerator<string> {
  yield byteOrderMark + csvLines([header]);
  for await (const batch of batches) yield csvLines(batch.map((row) => cellsOf(row, shortcodes)));
}

function cellsOf(row: Collection, shortcodes: Showing['shortcodes']): string[] {
  return [
    toPublicId('collection', row.id),
    nairobiText(row.createdAt),
    row.status,
    shillings(row.amountCents),
    row.paidCents === null ? '' : shillings(row.paidCents),
    row.receipt ?? '',
    timeOf(row.paidAt),
    guarded(row.accountReference),
    guarded(row.description),
    row.msisdnMasked,
    shortcodes.get(row.shortcodeId)?.number ?? '',
    row.resultCode ?? '',
    row.source,
  ];
}

function timeOf(instant: Instant | null): string {
  return instant === null ? '' : nairobiText(instant);
}

/** `150000` → `1500.00`: plain, so that a spreadsheet adds it up. */
function shillings(amount: Cents): string {
  return `${Math.trunc(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
}
