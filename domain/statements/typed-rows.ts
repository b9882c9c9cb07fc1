/**
 * Rows that a person types in from the paper because the file could not be read there. They are held
 * to the same grammar as printed ones; only the order of the date is fixed, so that it has one meaning.
 */
import { epochMsOf, instantFromEpochMs } from '../time.ts';
import type { Instant } from '../time.ts';
import { parseAmount } from './amounts.ts';
import { isReceipt } from './receipts.ts';
import { readRow, type RowOutcome } from './rows.ts';
import { tellReading } from './reading-phrases.ts';
import { rowStatuses, type CandidateRow, type StatementFormat } from './terms.ts';
import { parseCompletionTime } from './times.ts';

/** The cells of a row as a person reads them off the paper; '' where a cell is blank. */
export type TypedCells = Record<
  'receipt' | 'completionTime' | 'details' | 'status' | 'paidIn' | 'withdrawn' | 'balance',
  string
>;

/** Where the row stands and what the file had there. */
export type RowPlace = Pick<CandidateRow, 'page' | 'line' | 'raw'>;

/** Reads a typed row as the parser would; its reading says that a person typed it. */
export function readTypedRow(
  { page, line, raw }: RowPlace,
  cells: TypedCells,
  { format, notAfter }: { format: StatementFormat; notAfter: Instant },
): RowOutcome {
  const outcome = readRow(
    { ...cells, page, line, raw },
    { format, notAfter, dateOrder: 'day-first' },
  );
  if (!outcome.ok) return outcome;
  const { reading } = outcome.line;
  const reason = `${reading.reason} ${tellReading('typed-by-person')}`;
  return { ...outcome, line: { ...outcome.line, reading: { ...reading, reason } } };
}

/**
 * What can be told of a row that could not be read, to begin typing with: `raw` has its cells
 * separated by ` | `. A date that can be read in two ways is left to the person.
 */
export function cellsIn(raw: string): TypedCells {
  const pieces = raw.split('|').map((piece) => piece.trim());
  const statusAt = pieces.findIndex(isStatus);
  const amounts = statusAt < 0 ? [] : pieces.slice(statusAt + 1, statusAt + 4);
  const [paidIn = '', withdrawn = '', balance = ''] = amounts.map(amountOrBlank);
  return {
    receipt: pieces.find(isReceipt) ?? '',
    completionTime: pieces.map(timeIn).find((time) => time !== '') ?? '',
    details: wordsOf(pieces),
    status: pieces[statusAt] ?? 'Completed',
    ...{ paidIn, withdrawn, balance },
  };
}

function isStatus(piece: string): boolean {
  return rowStatuses.some((status) => status === piece.toLowerCase());
}

function amountOrBlank(piece: string): string {
  return parseAmount(piece).ok ? piece : '';
}

/** The one cell with the most letters; a receipt, a status and a date are none. */
function wordsOf(pieces: readonly string[]): string {
  const lettersOf = (piece: string) => piece.match(/\p{L}/gu)?.length ?? 0;
  const words = pieces.filter(
    (piece) => !isReceipt(piece) && !isStatus(piece) && timeIn(piece) === '',
  );
  const [longest = ''] = words.toSorted((a, b) => lettersOf(b) - lettersOf(a));
  return lettersOf(longest) > 2 ? longest : '';
}

const nairobiAheadMs = 3 * 60 * 60 * 1000;

/** A time that has one meaning, as `2026-11-14 09:35:41` in Nairobi; '' for everything else. */
function timeIn(piece: string): string {
  const readings = (['day-first', 'month-first'] as const)
    .map((order) => parseCompletionTime(piece, order))
    .flatMap((read) => (read.ok ? [read.value] : []));
  const [only] = new Set(readings).size === 1 ? readings : [];
  if (only === undefined) return '';
  return instantFromEpochMs(epochMsOf(only) + nairobiAheadMs)
    .slice(0, 19)
    .replace('T', ' ');
}
