/**
 * The acceptance test of a statement: every row accounted for, printed totals and balances agreeing
 * to the cent, dates and receipts consistent. Figures come from the rows, never from the summary.
 */
import { cents } from '../money.ts';
import type { Cents } from '../money.ts';
import { businessDateOf } from '../time.ts';
import type { Instant } from '../time.ts';
import { createChain } from './chain.ts';
import { runChecks } from './checks.ts';
import type { Findings } from './checks.ts';
import { createReceiptWatch } from './receipt-watch.ts';
import { compareReceiptDay } from './receipts.ts';
import type { ReceiptDayMatch } from './receipts.ts';
import { createRowList, pointerOf } from './row-list.ts';
import { tamperReport } from './tamper.ts';
import type { PdfEvidence, PrintedFacts, ProofCheck, ProofReport } from './terms.ts';
import type { RejectedRow, StatementLine, Verdict } from './terms.ts';

export interface Proof {
  /** Takes the accepted rows in file order. */
  addLine(line: StatementLine): void;
  addReject(reject: RejectedRow): void;
  /** `candidateCount` is how many rows the file seemed to hold, counted apart from reading them. */
  finish(file: {
    candidateCount: number;
    /** Candidates that a person left out. */
    skippedCount?: number;
    evidence?: PdfEvidence | undefined;
  }): ProofReport;
}

/**
 * Starts a proof over what the file prints about itself. Rows may arrive as they are read; one pass,
 * with memory for one small entry per receipt and a bounded number of row pointers.
 */
export function createProof(facts: PrintedFacts): Proof {
  const chain = createChain({ perSubAccount: facts.balancesPerSubAccount });
  const receipts = createReceiptWatch();
  const dates = createDateWatch(facts);
  const rejects = createRowList();
  const sums = createSums();
  return {
    addLine(line) {
      sums.add(line);
      chain.add(line);
      receipts.add(line);
      dates.add(line);
    },
    addReject({ page, line }) {
      rejects.add({ page, line, receipt: '' });
    },
    finish({ candidateCount, skippedCount = 0, evidence }) {
      const findings: Findings = {
        facts,
        candidateCount,
        skippedCount,
        rejects: rejects.tally(),
        ...sums.finish(),
        ...dates.finish(),
        chain: chain.finish(),
        receipts: receipts.finish(),
      };
      const checks = runChecks(findings);
      return report(findings, checks, evidence);
    },
  };
}

function report(
  findings: Findings,
  checks: readonly ProofCheck[],
  evidence: PdfEvidence | undefined,
): ProofReport {
  const { facts, chain } = findings;
  return {
    verdict: verdictOf(findings, checks),
    checks,
    tamper: tamperReport(findings, evidence),
    rowCount: findings.lineCount,
    rejectCount: findings.rejects.count,
    totalInCents: findings.totalInCents,
    totalOutCents: findings.totalOutCents,
    openingCents: chain.openingCents ?? facts.openingCents,
    closingCents: chain.closingCents ?? facts.closingCents,
    firstAt: findings.firstAt,
    lastAt: findings.lastAt,
  };
}

/**
 * Refused: rows seemed to be there and none could be read. Needs review: a reject, a failed check,
 * or nothing printed that confirms the sums. Proven otherwise; a statement without rows is valid.
 */
function verdictOf(findings: Findings, checks: readonly ProofCheck[]): Verdict {
  if (findings.lineCount === 0 && findings.candidateCount > 0) return 'refused';
  if (findings.rejects.count > 0) return 'needsReview';
  if (checks.some((check) => check.outcome === 'failed')) return 'needsReview';
  if (findings.lineCount === 0) return 'proven';
  const isConfirmed = checks.some(
    ({ name, outcome }) =>
      outcome === 'passed' && (name === 'summary-total' || name === 'opening-closing'),
  );
  const isChained = findings.chain.breakCount === 0 && findings.chain.linkCount > 0;
  return isConfirmed || isChained ? 'proven' : 'needsReview';
}

/** Sums that stop at the limit of exact arithmetic instead of going wrong beyond it. */
function createSums() {
  let lineCount = 0;
  let movedCount = 0;
  let totalIn = 0;
  let totalOut = 0;
  let firstAt: Instant | undefined;
  let lastAt: Instant | undefined;
  return {
    add(line: StatementLine): void {
      lineCount += 1;
      if (line.status === 'completed') movedCount += 1;
      totalIn += line.inCents;
      totalOut += line.outCents;
      if (firstAt === undefined || line.completedAt < firstAt) firstAt = line.completedAt;
      if (lastAt === undefined || line.completedAt > lastAt) lastAt = line.completedAt;
    },
    finish() {
      const isTooLarge = totalIn > largestTotal || totalOut > largestTotal;
      const totals = { totalInCents: bounded(totalIn), totalOutCents: bounded(totalOut) };
      return { lineCount, movedCount, isTooLarge, ...totals, firstAt, lastAt };
    },
  };
}

/** A quarter of the safe range, so that totals and balances can still be added to each other. */
const largestTotal = 2 ** 51;

function bounded(total: number): Cents {
  return cents(Math.min(total, largestTotal));
}

function createDateWatch({ periodFrom, periodTo }: PrintedFacts) {
  const lists = {
    outsidePeriod: createRowList(),
    nearMidnight: createRowList(),
    wrongDay: createRowList(),
  };
  const dayOf = createDayReader();
  let comparedCount = 0;
  return {
    add(line: StatementLine): void {
      const { date, match } = dayOf(line);
      const isEarly = periodFrom !== undefined && date < periodFrom;
      const isLate = periodTo !== undefined && date > periodTo;
      if (isEarly || isLate) lists.outsidePeriod.add(pointerOf(line));
      if (match !== 'undecidable') comparedCount += 1;
      if (match === 'adjacent') lists.nearMidnight.add(pointerOf(line));
      if (match === 'different') lists.wrongDay.add(pointerOf(line));
    },
    finish() {
      const outsidePeriod = lists.outsidePeriod.tally();
      const nearMidnight = lists.nearMidnight.tally();
      return { comparedCount, outsidePeriod, nearMidnight, wrongDay: lists.wrongDay.tally() };
    },
  };
}

/** The day of a row against its receipt's; neighbours of one hour and one day are read once. */
function createDayReader() {
  let last = { hour: '', prefix: '', date: '', match: 'undecidable' as ReceiptDayMatch };
  return ({ receipt, completedAt }: StatementLine) => {
    const hour = completedAt.slice(0, 13);
    const prefix = receipt.slice(0, 3);
    const isKnown = hour === last.hour && prefix === last.prefix && last.match === 'same';
    if (!isKnown) {
      const match = compareReceiptDay(receipt, completedAt);
      last = { hour, prefix, date: businessDateOf(completedAt), match };
    }
    return last;
  };
}
