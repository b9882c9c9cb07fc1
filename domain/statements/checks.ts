/** The named checks of a proof, each with its figures in words. */
import { add, formatMoney, subtract, sum } from '../money.ts';
import type { Cents } from '../money.ts';
import type { Instant } from '../time.ts';
import type { ChainBreak, ChainResult } from './chain.ts';
import type { ReceiptFindings } from './receipt-watch.ts';
import type { RowTally } from './row-list.ts';
import type { CheckName, PrintedFacts, ProofCheck, RowPointer } from './terms.ts';

/** Everything one pass over the rows has found out. */
export interface Findings {
  facts: PrintedFacts;
  candidateCount: number;
  lineCount: number;
  /** Rows that are completed. */
  movedCount: number;
  rejects: RowTally;
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
type Result = readonly [outcome: Outcome, detail: string, rows?: readonly RowPointer[]];

function check(name: CheckName, [outcome, detail, rows = []]: Result): ProofCheck {
  return { name, outcome, detail, rows };
}

function plural(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}

function rowCount({ lineCount, rejects, candidateCount }: Findings): ProofCheck {
  const found = plural(candidateCount, 'row', 'rows');
  const lost = candidateCount - lineCount - rejects.count;
  if (lost !== 0) {
    const detail = `The file seems to hold ${found}, but ${lineCount + rejects.count} were read.`;
    return check('row-count', ['failed', detail]);
  }
  if (rejects.count > 0) {
    const detail = `Of ${found}, ${rejects.count} could not be read.`;
    return check('row-count', ['failed', detail, rejects.rows]);
  }
  return check('row-count', ['passed', `All ${found} of the file were read.`]);
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
  if (isTooLarge) {
    return check('summary-total', ['failed', 'The amounts are too large to be added up exactly.']);
  }
  const printed = printedTotals(facts);
  if (printed.inCents === undefined && printed.outCents === undefined) {
    return check('summary-total', ['not-printed', 'The file prints no totals.']);
  }
  const sides = [
    compare('paid in', printed.inCents, totalInCents),
    compare('withdrawn', printed.outCents, totalOutCents),
  ];
  const detail = sides.map((side) => side.detail).join(' ');
  if (sides.some((side) => side.outcome === 'failed')) {
    return check('summary-total', ['failed', detail]);
  }
  const isComplete = sides.every((side) => side.outcome === 'passed');
  return check('summary-total', [isComplete ? 'passed' : 'noted', detail]);
}

function compare(what: string, printed: Cents | undefined, found: Cents) {
  if (printed === undefined) {
    return { outcome: 'not-printed' as const, detail: `No total ${what} is printed.` };
  }
  if (printed === found) {
    return { outcome: 'passed' as const, detail: `Total ${what} ${formatMoney(found)} agrees.` };
  }
  const figures = `is printed as ${formatMoney(printed)}; the rows add up to ${formatMoney(found)}`;
  const difference = formatMoney(subtract(found, printed));
  return { outcome: 'failed' as const, detail: `Total ${what} ${figures} (${difference}).` };
}

function openingClosing({ facts, chain, ...totals }: Findings): ProofCheck {
  const { openingCents, closingCents } = facts;
  if (openingCents === undefined && closingCents === undefined) {
    const detail = 'The file prints neither an opening nor a closing balance.';
    return check('opening-closing', ['not-printed', detail]);
  }
  const problems = [
    disagreement('opening', openingCents, chain.openingCents),
    disagreement('closing', closingCents, chain.closingCents),
    totals.isTooLarge ? 'The amounts are too large to be added up exactly.' : undefined,
  ].filter((problem) => problem !== undefined);
  const isBoth = openingCents !== undefined && closingCents !== undefined;
  if (isBoth && !totals.isTooLarge) {
    const moved = subtract(totals.totalInCents, totals.totalOutCents);
    const reached = add(openingCents, moved);
    if (reached !== closingCents) problems.push(doesNotReach(closingCents, reached));
  }
  if (problems.length > 0) return check('opening-closing', ['failed', problems.join(' ')]);
  return check('opening-closing', agreement(openingCents, closingCents));
}

function agreement(openingCents: Cents | undefined, closingCents: Cents | undefined): Result {
  if (openingCents === undefined || closingCents === undefined) {
    return ['noted', 'Only one of opening and closing balance is printed; it does not disagree.'];
  }
  const from = formatMoney(openingCents);
  return ['passed', `The rows lead from ${from} to ${formatMoney(closingCents)} to the cent.`];
}

function doesNotReach(closing: Cents, reached: Cents): string {
  const difference = formatMoney(subtract(reached, closing));
  const expected = `The rows lead to ${formatMoney(reached)}`;
  return `${expected}; the printed closing balance is ${formatMoney(closing)} (${difference}).`;
}

function disagreement(which: string, printed: Cents | undefined, chained: Cents | undefined) {
  if (printed === undefined || chained === undefined || printed === chained) return undefined;
  const figures = `${formatMoney(printed)}; by the rows it is ${formatMoney(chained)}`;
  return `The ${which} balance is printed as ${figures}.`;
}

function balanceChain({ facts, chain, movedCount }: Findings): ProofCheck {
  const name = 'balance-chain';
  if (!facts.hasBalanceColumn || chain.balanceCount === 0) {
    return check(name, ['not-printed', 'The file prints no running balance.']);
  }
  if (chain.breakCount > 0) {
    const breaks = plural(chain.breakCount, 'place', 'places');
    const words = chain.breaks.slice(0, 3).map(breakInWords).join(' ');
    const rows = chain.breaks.flatMap((found) => found.rows).slice(0, 50);
    return check(name, ['failed', `The running balance breaks in ${breaks}. ${words}`, rows]);
  }
  if (chain.linkCount === 0) {
    return check(name, ['noted', 'There is a single balance, so there is nothing to chain.']);
  }
  const printed = `${chain.balanceCount} of ${plural(movedCount, 'row prints', 'rows print')}`;
  const detail = `The running balance holds from row to row; ${printed} a balance.`;
  if (chain.loose.count === 0) return check(name, ['passed', detail]);
  const order = 'Some rows of one moment fit in no order, though their moment closes right.';
  return check(name, ['noted', `${detail} ${order}`, chain.loose.rows]);
}

function breakInWords({ kind, rows, expectedCents, foundCents, differenceCents }: ChainBreak) {
  const receipts = [...new Set(rows.map((row) => row.receipt))].join(', ');
  const figures = `${formatMoney(foundCents)} instead of ${formatMoney(expectedCents)}`;
  const where = kind === 'balance' ? `The balance at ${receipts} is` : `Between ${receipts} it is`;
  return `${where} ${figures} (${formatMoney(differenceCents)}).`;
}

function period({ facts, outsidePeriod, lineCount }: Findings): ProofCheck {
  const { periodFrom, periodTo } = facts;
  if (periodFrom === undefined && periodTo === undefined) {
    return check('period', ['not-printed', 'The file prints no period.']);
  }
  const printed = `${periodFrom ?? 'the beginning'} to ${periodTo ?? 'the end'}`;
  if (outsidePeriod.count > 0) {
    const rows = plural(outsidePeriod.count, 'row lies', 'rows lie');
    const detail = `${rows} outside the printed period ${printed}.`;
    return check('period', ['failed', detail, outsidePeriod.rows]);
  }
  const rows = plural(lineCount, 'row lies', 'rows lie');
  return check('period', ['passed', `${rows} within the printed period ${printed}.`]);
}

function receiptDates(findings: Findings): ProofCheck {
  const { comparedCount, wrongDay, nearMidnight, facts } = findings;
  const name = 'receipt-dates';
  if (comparedCount === 0) return check(name, ['not-printed', 'No receipt encodes a day.']);
  if (wrongDay.count > 0) {
    const rows = plural(wrongDay.count, 'row', 'rows');
    const detail = `The receipt of ${rows} was issued on another day than is printed.`;
    // A bank's reference can look like a receipt without being one.
    const outcome = facts.format === 'mapped-csv' ? 'noted' : 'failed';
    return check(name, [outcome, detail, wrongDay.rows]);
  }
  if (nearMidnight.count > 0) {
    const rows = plural(nearMidnight.count, 'row', 'rows');
    const detail = `${rows} completed just across midnight from the day of the receipt.`;
    return check(name, ['noted', detail, nearMidnight.rows]);
  }
  return check(name, ['passed', `All ${comparedCount} receipts were issued on the printed day.`]);
}

function duplicateReceipts({ receipts, facts }: Findings): ProofCheck {
  const name = 'duplicate-receipts';
  const { watchedCount, conflicts, doubts, repeats } = receipts;
  if (watchedCount === 0) return check(name, ['not-printed', 'There are no receipts to compare.']);
  if (conflicts.count > 0) {
    const detail = 'A receipt is printed with different amounts that no charge explains.';
    const outcome = facts.format === 'mapped-csv' ? 'noted' : 'failed';
    return check(name, [outcome, detail, conflicts.rows]);
  }
  const odd = [...doubts.rows, ...repeats.rows];
  if (odd.length === 0) return check(name, ['passed', 'No receipt is printed in contradiction.']);
  const detail = 'A receipt is printed on more than one payment row; the rows are all kept.';
  return check(name, ['noted', detail, odd]);
}
