/** Watches for one receipt that is printed with different amounts, or twice with the same one. */
import { isReceipt } from './receipts.ts';
import { createRowList, pointerOf } from './row-list.ts';
import type { RowTally } from './row-list.ts';
import type { RowPointer, StatementLine } from './terms.ts';

export interface ReceiptFindings {
  /** Rows whose receipt could be followed. */
  watchedCount: number;
  /** The same receipt and direction with another amount, every wording involved being certain. */
  conflicts: RowTally;
  /** The same, where a wording is unknown and may be a charge. */
  doubts: RowTally;
  /** Payments repeated with the same receipt, direction and amount. */
  repeats: RowTally;
}

interface Sighting {
  amountCents: number;
  isCertain: boolean;
  row: RowPointer;
}

/**
 * A receipt may own several rows: a payment, its charge, a Fuliza draw, or a pair that goes in and
 * out. Charges and Fuliza movements are therefore passed over, and each direction is watched apart.
 */
export function createReceiptWatch() {
  const sightings = new Map<string, Sighting>();
  const lists = { conflicts: createRowList(), doubts: createRowList(), repeats: createRowList() };
  let watchedCount = 0;
  return {
    add(line: StatementLine): void {
      if (!isPayment(line) || !isReceipt(line.receipt)) return;
      watchedCount += 1;
      const now = sightingOf(line);
      const key = `${line.receipt}${line.inCents > 0 ? '+' : '-'}`;
      const first = sightings.get(key);
      if (!first) {
        sightings.set(key, now);
        return;
      }
      const isSame = first.amountCents === now.amountCents;
      const list = isSame ? 'repeats' : first.isCertain && now.isCertain ? 'conflicts' : 'doubts';
      lists[list].add(first.row);
      lists[list].add(now.row);
    },
    finish(): ReceiptFindings {
      const { conflicts, doubts, repeats } = lists;
      const tallies = { conflicts: conflicts.tally(), doubts: doubts.tally() };
      return { watchedCount, ...tallies, repeats: repeats.tally() };
    },
  };
}

function isPayment({ status, reading, inCents, outCents }: StatementLine): boolean {
  if (status !== 'completed' || reading.isFee) return false;
  if (reading.purpose.startsWith('loan.fuliza.')) return false;
  return inCents > 0 || outCents > 0;
}

function sightingOf(line: StatementLine): Sighting {
  return {
    amountCents: line.inCents + line.outCents,
    isCertain: line.reading.confidence === 'certain',
    row: pointerOf(line),
  };
}
