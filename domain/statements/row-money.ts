/** Decides from the printed cells and the wording how much a row moved and which way. */
import { cents, negate, zero } from '../money.ts';
import type { Cents } from '../money.ts';
import { parseAmount } from './amounts.ts';
import { purposes } from './purposes.ts';
import { tellReading } from './reading-phrases.ts';
import type { CandidateRow, ColumnMapping, Direction, Reading } from './terms.ts';
import type { RejectReason, StatementFormat } from './terms.ts';
import { tellRow } from './row-phrases.ts';

export interface MoneyContext {
  format: StatementFormat;
  signRule?: ColumnMapping['signRule'];
}

export interface RowMoney {
  /** Undefined when nothing moved. */
  direction: Direction | undefined;
  amountCents: Cents;
  /** The reading, with a sentence added where wording and column disagreed. */
  reading: Reading;
}

export interface MoneyProblem {
  reason: RejectReason;
  detail: string;
}

type Moved = { direction: Direction | undefined; amountCents: Cents };

/** True when the value is a problem and not a result. */
export function isProblem(value: object): value is MoneyProblem {
  return 'reason' in value && 'detail' in value;
}

/**
 * The money of one row. Blank is not zero: a completed row may print 0.00 only for a charge or a
 * request. Certain wording beats the column in layout B, where pairs are known to be printed in
 * swapped columns; elsewhere a contradiction is a problem.
 */
export function readMoney(
  candidate: CandidateRow,
  reading: Reading,
  context: MoneyContext,
): RowMoney | MoneyProblem {
  const moved = readCells(candidate, reading, context);
  if (isProblem(moved)) return moved;
  const wording = reading.wordingDirection;
  if (moved.direction === undefined || wording === undefined || wording === moved.direction) {
    return { ...moved, reading };
  }
  const column = moved.direction === 'in' ? 'Paid In' : 'Withdrawn';
  if (context.format === 'personal-b') {
    const note = tellReading('wording-decides', { column });
    return { ...moved, direction: wording, reading: annotated(reading, 'likely', note) };
  }
  if (context.format === 'mapped-csv') {
    const note = tellReading('file-decides');
    return { ...moved, reading: annotated(reading, 'low', note) };
  }
  const detail = tellRow('direction-contradicts', { direction: wording, column });
  return { reason: 'direction-contradicts-wording', detail };
}

function annotated(reading: Reading, confidence: Reading['confidence'], note: string): Reading {
  return { ...reading, confidence, reason: `${reading.reason} ${note}` };
}

function readCells(
  candidate: CandidateRow,
  reading: Reading,
  context: MoneyContext,
): Moved | MoneyProblem {
  const paidIn = readCell('Paid In', candidate.paidIn);
  const withdrawn = readCell('Withdrawn', candidate.withdrawn);
  const amount = readCell('Amount', candidate.amount ?? '');
  if (typeof paidIn === 'object') return paidIn;
  if (typeof withdrawn === 'object') return withdrawn;
  if (typeof amount === 'object') return amount;
  if (paidIn && withdrawn) {
    return { reason: 'amount-both-columns', detail: tellRow('both-columns') };
  }
  if (paidIn !== undefined && paidIn < 0) {
    return { reason: 'amount-malformed', detail: tellRow('paid-in-negative') };
  }
  if (paidIn) return { direction: 'in', amountCents: paidIn };
  if (withdrawn) return { direction: 'out', amountCents: cents(Math.abs(withdrawn)) };
  if (amount) return readSigned(amount, context);
  return readNothing(reading, { paidIn, withdrawn, amount });
}

function readCell(name: string, text: string): Cents | undefined | MoneyProblem {
  const parsed = parseAmount(text);
  if (parsed.ok) return parsed.value;
  return {
    reason: 'amount-malformed',
    detail: tellRow('cell-problem', { cell: name, problem: parsed.refusal.message }),
  };
}

function readSigned(amount: Cents, { format, signRule }: MoneyContext): Moved {
  // Beside a Paid In column of its own, the other amount can only be what was withdrawn.
  const isOut = format !== 'mapped-csv' || amount < 0 === (signRule !== 'negative-is-in');
  return { direction: isOut ? 'out' : 'in', amountCents: amount < 0 ? negate(amount) : amount };
}

function readNothing(
  reading: Reading,
  cells: Readonly<Record<string, Cents | undefined>>,
): Moved | MoneyProblem {
  const isPrinted = Object.values(cells).some((value) => value !== undefined);
  const isRequest = purposes.get(reading.purpose)?.nature === 'request';
  if (isRequest || (isPrinted && reading.isFee)) return { direction: undefined, amountCents: zero };
  return { reason: 'amount-missing', detail: tellRow('no-amount') };
}
