import type { Disbursement } from '../../db/disbursements.ts';
import { shownStatus } from '../../domain/disbursements/status.ts';
import { toPublicId } from '../../domain/ids.ts';
import { csvLines } from '../guarded-csv.ts';
import { byteOrderMark, guarded } from '../../domain/spreadsheet.ts';
import { amountText } from '../transactions/sheet-cells.ts';

const header = [
  'id',
  'asked for at',
  'status',
  'kind',
  'amount',
  'came back',
  'charge',
  'payee',
  'payee name',
  'reference',
  'receipt',
  'refusal',
  'refusal in words',
  'batch',
  'row',
  'finished at',
];

/** CSV text (RFC 4180, UTF-8 with a byte order mark) in pieces. */
export async function* disbursementSheet(
  batches: AsyncIterable<readonly Disbursement[]>,
): AsyncGenerator<string> {
  yield byteOrderMark + csvLines([[...header]]);
  for await (const batch of batches) yield csvLines(batch.map(cellsOf));
}

function cellsOf(payout: Disbursement): string[] {
  return [
    toPublicId('disbursement', payout.id),
    payout.createdAt,
    shownStatus(payout),
    payout.kind,
    amountText(payout.amountCents),
    payout.returnedCents === 0 ? '' : amountText(payout.returnedCents),
    amountText(payout.chargeCents),
    payout.payeeMasked,
    guarded(payout.payeeName),
    guarded(payout.reference ?? ''),
    payout.receipt ?? '',
    payout.providerCode ?? payout.refusalCode ?? '',
    guarded(payout.refusalDetail ?? ''),
    payout.batchId === null ? '' : toPublicId('payoutBatch', payout.batchId),
    payout.batchRow === null ? '' : String(payout.batchRow),
    payout.finishedAt ?? '',
  ];
}
