/** The named checks of a proof, each with its figures in words. */
import { add, subtract, sum } from '../money.ts';
import type { Cents } from '../money.ts';
import type { Instant } from '../time.ts';
import type { ChainResult } from './chain.ts';
import type { ReceiptFindings } from './receipt-watch.ts';
import type { RowTally } from './row-list.ts';
import {
  allRowsWereRead,
  amountsAreTooLarge,
  balanceDiffers,
  chainBreaks,
  chainHolds,
  noBalancesArePrinted,
  noContradiction,
  noPeriodIsPrinted,
  noReceiptTellsADay,
  noReceipts,
  noRunningBalance,
  noTotalIsPrinted,
  noTotalsArePrinted,
  oneBalanceIsPrinted,
  receiptConflict,
  receiptRepeats,
  receiptsAcrossMidnight,
  receiptsOfAnotherDay,
  receiptsOfTheDay,
  rowsLead,
  rowsLeadElsewhere,
  rowsLieOutside,
  rowsLieWithin,
  rowsWereLost,
  rowsWereRejected,
  rowsWereSkipped,
  singleBalance,
  someRowsFitInNoOrder,
  totalAgrees,
  totalDiffers,
  type Side,
} from './check-sentences.ts';
import { together, type Sentence } from '../sentence.ts';
import type { CheckName, PrintedFacts, ProofCheck, RowPointer } from './terms.ts';

/** Everything one pass over the rows has found out. */
export interface Findings {
  facts: PrintedFacts;
  candidateCount: number;
  lineCount: number;
  /** Rows that are completed. */
  movedCount: number;
  rejects: RowTally;
  /** Rows that a person left out. */
  skippedCount: number;
  totalInCents: Cents;
  totalOutCents: Cents;
  /** The totals left the range of exact arithmetic. */
  isTooLarge: boolean;
  firstAt: Instant | undefined;
  lastAt: Instant | undefined;
  chain: ChainResult;
  outsidePeriod: RowTally;
  comparedCount: number;
  nearMidnight: RowTally;
  wrongDay: RowTally;
  receipts: ReceiptFindings;
}

/** All checks in the order a reader wants them; one that had nothing to compare says so. */
export function runChecks(findings: Findings): ProofCheck[] {
  return [
    rowCount(findings),
    summaryTotal(findings),
    openingClosing(findings),
    balanceChain(findings),
    period(findings),
    receiptDates(findings),
    duplicateReceipts(findings),
  ];
}

type Outcome = ProofCheck['outcome'];
type Result = readonly [outcome: Outcome, words: Sentence, rows?: readonly RowPointer[]];

function check(name: CheckName, [outcome, words, rows = []]: Result): ProofCheck {
  return { name, outcome, detail: words.en, detailSw: words.sw, rows };
}

function rowCount({ lineCount, rejects, candidateCount, skippedCount }: Findings): ProofCheck {
  const name = 'row-count';
  const read = lineCount + rejects.count + skippedCount;
  if (candidateCount !== read) return check(name, ['failed', rowsWereLost(candidateCount, read)]);
  if (rejects.count > 0) {
    return check(name, ['failed', rowsWereRejected(candidateCount, rejects.count), rejects.rows]);
  }
  if (skippedCount > 0)
    return check(name, ['noted', rowsWereSkipped(candidateCount, skippedCount)]);
  return check(name, ['passed', allRowsWereRead(candidateCount)]);
}

/** The printed totals; a summary without a TOTAL row is added up. */
export function printedTotals({ totalInCents, totalOutCents, summary }: PrintedFacts) {
  if (totalInCents !== undefined || totalOutCents !== undefined || summary.length === 0) {
    return { inCents: totalInCents, outCents: totalOutCents };
  }
  return summarySums(summary);
}

/** Real summaries have about a dozen rows; the limit keeps a hostile one within exact arithmetic. */
const summaryRowsMax = 60;

function summarySums(summary: PrintedFacts['summary']) {
  const rows = summary.slice(0, summaryRowsMax);
  return {
    inCents: sum(rows.map((row) => row.inCents)),
    outCents: sum(rows.map((row) => row.outCents)),
  };
}

/** The rows of the printed summary do not add up to its own TOTAL. */
export function isSummaryInconsistent({ summary, totalInCents, totalOutCents }: PrintedFacts) {
  if (summary.length === 0) return false;
  const sums = summarySums(summary);
  const isOff = (total: Cents | undefined, own: Cents) => total !== undefined && total !== own;
  return isOff(totalInCents, sums.inCents) || isOff(totalOutCents, sums.outCents);
}

function summaryTotal(findings: Findings): ProofCheck {
  const { facts, totalInCents, totalOutCents, isTooLarge } = findings;
  const name = 'summary-total';
  if (isTooLarge) return check(name, ['failed', amountsAreTooLarge]);
  const printed = printedTotals(facts);
  if (printed.inCents === undefined && printed.outCents === undefined) {
    return check(name, ['not-printed', noTotalsArePrinted]);
  }
  const sides = [
    compare('in', printed.inCents, totalInCents),
    compare('out', printed.outCents, totalOutCents),
  ];
  const words = together(sides.map((side) => side.words));
  if (sides.some((side) => side.outcome === 'failed')) return check(name, ['failed', words]);
  const isComplete = sides.every((side) => side.outcome === 'passed');
  return check(name, [isComplete ? 'passed' : 'noted', words]);
}

function compare(side: Side, printed: Cents | undefined, found: Cents) {
  if (printed === undefined) {
    return { outcome: 'not-printed' as const, words: noTotalIsPrinted(side) };
  }
  return printed === found
    ? { outcome: 'passed' as const, words: totalAgrees(side, found) }
    : { outcome: 'failed' as const, words: totalDiffers(side, printed, found) };
}

function openingClosing({ facts, chain, ...totals }: Findings): ProofCheck {
  const { openingCents, closingCents } = facts;
  const name = 'opening-closing';
  if (openingCents === undefined && closingCents === undefined) {
    return check(name, ['not-printed', noBalancesArePrinted]);
  }
  const problems = [
    disagreement('opening', openingCents, chain.openingCents),
    disagreement('closing', closingCents, chain.closingCents),
    totals.isTooLarge ? amountsAreTooLarge : undefined,
  ].filter((problem) => problem !== undefined);
  const isBoth = openingCents !== undefined && closingCents !== undefined;
  if (isBoth && !totals.isTooLarge) {
    const moved = subtract(totals.totalInCents, totals.totalOutCents);
    const reached = add(openingCents, moved);
    if (reached !== closingCents) problems.push(rowsLeadElsewhere(closingCents, reached));
  }
  if (problems.length > 0) return check(name, ['failed', together(problems)]);
  return check(
    name,
    isBoth ? ['passed', rowsLead(openingCents, closingCents)] : ['noted', oneBalanceIsPrinted],
  );
}

function disagreement(
  end: 'opening' | 'closing',
  printed: Cents | undefined,
  chained: Cents | undefined,
): Sentence | undefined {
  if (printed === undefined || chained === undefined || printed === chained) return undefined;
  return balanceDiffers(end, printed, chained);
}

function balanceChain({ facts, chain, movedCount }: Findings): ProofCheck {
  const name = 'balance-chain';
  if (!facts.hasBalanceColumn || chain.balanceCount === 0) {
    return check(name, ['not-printed', noRunningBalance]);
  }
  if (chain.breakCount > 0) {
    const rows = chain.breaks.flatMap((found) => found.rows).slice(0, 50);
    return check(name, ['failed', chainBreaks(chain.breakCount, chain.breaks), rows]);
  }
  if (chain.linkCount === 0) return check(name, ['noted', singleBalance]);
  const holds = chainHolds(chain.balanceCount, movedCount);
  if (chain.loose.count === 0) return check(name, ['passed', holds]);
  return check(name, ['noted', together([holds, someRowsFitInNoOrder]), chain.loose.rows]);
}

function period({ facts, outsidePeriod, lineCount }: Findings): ProofCheck {
  const printed = { from: facts.periodFrom, to: facts.periodTo };
  if (printed.from === undefined && printed.to === undefined) {
    return check('period', ['not-printed', noPeriodIsPrinted]);
  }
  return check(
    'period',
    outsidePeriod.count > 0
      ? ['failed', rowsLieOutside(outsidePeriod.count, printed), outsidePeriod.rows]
      : ['passed', rowsLieWithin(lineCount, printed)],
  );
}

function receiptDates(findings: Findings): ProofCheck {
  const { comparedCount, wrongDay, nearMidnight, facts } = findings;
  const name = 'receipt-dates';
  if (comparedCount === 0) return check(name, ['not-printed', noReceiptTellsADay]);
  if (wrongDay.count > 0) {
    // A bank's reference can look like a receipt without being one.
    const outcome = facts.format === 'mapped-csv' ? 'noted' : 'failed';
    return check(name, [outcome, receiptsOfAnotherDay(wrongDay.count), wrongDay.rows]);
  }
  if (nearMidnight.count > 0) {
    return check(name, ['noted', receiptsAcrossMidnight(nearMidnight.count), nearMidnight.rows]);
  }
  return check(name, ['passed', receiptsOfTheDay(comparedCount)]);
}

function duplicateReceipts({ receipts, facts }: Findings): ProofCheck {
  const name = 'duplicate-receipts';
  const { watchedCount, conflicts, doubts, repeats } = receipts;
  if (watchedCount === 0) return check(name, ['not-printed', noReceipts]);
  if (conflicts.count > 0) {
    const outcome = facts.format === 'mapped-csv' ? 'noted' : 'failed';
    return check(name, [outcome, receiptConflict, conflicts.rows]);
  }
  const odd = [...doubts.rows, ...repeats.rows];
  if (odd.length === 0) return check(name, ['passed', noContradiction]);
  return check(name, ['noted', receiptRepeats, odd]);
}
