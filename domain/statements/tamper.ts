/**
 * Signs that a file was changed after it was issued. Signs in the file's metadata are shown and
 * never change the verdict, because people re-save files for honest reasons; the contents decide.
 */
import { isSummaryInconsistent, printedTotals } from './checks.ts';
import type { Findings } from './checks.ts';
import type { Cents } from '../money.ts';
import { epochMsOf } from '../time.ts';
import type { Instant } from '../time.ts';
import {
  amountsElsewhere,
  changedLater,
  changesWereAppended,
  elsewhere,
  fontsAreMixed,
  madeBeforeItsEnd,
  madeWith,
  signs,
} from './tamper-sentences.ts';
import type { Sentence } from '../sentence.ts';
import type { PdfEvidence, RowPointer, StatementFormat, TamperFinding } from './terms.ts';
import type { TamperSignal } from './terms.ts';

/** All findings, those of the contents first. */
export function tamperReport(
  findings: Findings,
  evidence: PdfEvidence | undefined,
): TamperFinding[] {
  const metadata = evidence ? metadataFindings(evidence, findings.lastAt) : [];
  return [...contentFindings(findings), ...metadata];
}

type Severity = TamperFinding['severity'];

function finding(
  signal: TamperSignal,
  severity: Severity,
  words: Sentence,
  rows: readonly RowPointer[] = [],
): TamperFinding {
  return { signal, severity, detail: words.en, detailSw: words.sw, rows };
}

function contentFindings(findings: Findings): TamperFinding[] {
  return [
    ...balanceFindings(findings),
    ...summaryFindings(findings),
    ...receiptFindings(findings),
    ...orderFindings(findings),
  ];
}

const printsBalances: readonly StatementFormat[] = [
  'personal-a',
  'personal-b',
  'till-pdf',
  'organisation-classic',
  'organisation-newer',
];

function balanceFindings({ facts, chain }: Findings): TamperFinding[] {
  if (!facts.hasBalanceColumn) {
    if (!printsBalances.includes(facts.format)) return [];
    return [finding('balance-column-missing', 'warning', signs.balanceColumnMissing)];
  }
  if (chain.breakCount === 0) return [];
  // Which account of a mixed export a row belongs to is read from its wording, which may mislead.
  const severity = facts.balancesPerSubAccount ? 'warning' : 'alarm';
  const rows = chain.breaks.flatMap((found) => found.rows).slice(0, 50);
  return [finding('balance-chain-broken', severity, signs.chainBroken, rows)];
}

function summaryFindings({ facts, totalInCents, totalOutCents }: Findings): TamperFinding[] {
  const printed = printedTotals(facts);
  const isOff = (total: number | undefined, own: number) => total !== undefined && total !== own;
  if (isOff(printed.inCents, totalInCents) || isOff(printed.outCents, totalOutCents)) {
    return [finding('summary-mismatch', 'alarm', signs.totalsOff)];
  }
  if (!isSummaryInconsistent(facts)) return [];
  return [finding('summary-mismatch', 'warning', signs.summaryOff)];
}

function receiptFindings({ facts, wrongDay, nearMidnight, receipts }: Findings): TamperFinding[] {
  const found: TamperFinding[] = [];
  const alarm = facts.format === 'mapped-csv' ? 'note' : 'alarm';
  if (wrongDay.count > 0) {
    found.push(finding('receipt-date-mismatch', alarm, signs.otherDay, wrongDay.rows));
  } else if (nearMidnight.count > 0) {
    found.push(finding('receipt-date-mismatch', 'note', signs.acrossMidnight, nearMidnight.rows));
  }
  if (receipts.conflicts.count > 0) {
    found.push(
      finding('receipt-amount-conflict', alarm, signs.amountConflict, receipts.conflicts.rows),
    );
  } else if (receipts.doubts.count > 0) {
    found.push(finding('receipt-amount-conflict', 'note', signs.amountDoubt, receipts.doubts.rows));
  }
  return found;
}

/** A receipt that another statement of the account shows with another amount. */
export interface AmountElsewhere extends RowPointer {
  amountCents: Cents;
  otherAmountCents: Cents;
}

const conflictsShown = 50;

/** The finding for such receipts, the first of them as its example; undefined when there are none. */
export function elsewhereFinding(conflicts: readonly AmountElsewhere[]): TamperFinding | undefined {
  const [first] = conflicts;
  if (first === undefined) return undefined;
  const rows = conflicts.slice(0, conflictsShown);
  return finding(
    'receipt-amount-conflict',
    'alarm',
    amountsElsewhere(conflicts.length, first),
    rows.map(({ page, line, receipt }) => ({ page, line, receipt })),
  );
}

/** Whether a stored finding is the one of `elsewhereFinding`, which is brought up to date. */
export function isElsewhereFinding({ signal, detail }: TamperFinding): boolean {
  return signal === 'receipt-amount-conflict' && detail.includes(elsewhere);
}

function orderFindings({ chain }: Findings): TamperFinding[] {
  if (chain.disorder.count === 0) return [];
  const severity = chain.breakCount > 0 ? 'warning' : 'note';
  return [finding('row-order-broken', severity, signs.againstTime, chain.disorder.rows)];
}

/** Programs that M-PESA statements are known to be made with. */
const usualProducer = /openpdf|itext|jasper/i;
const savedTogetherMs = 60_000;

function metadataFindings(evidence: PdfEvidence, lastAt: Instant | undefined): TamperFinding[] {
  return [
    ...producerFindings(evidence),
    ...dateFindings(evidence, lastAt),
    ...structureFindings(evidence),
    ...fontFindings(evidence),
  ];
}

function producerFindings({ producer, creator }: PdfEvidence): TamperFinding[] {
  if (producer === undefined) {
    return [finding('producer-unusual', 'note', signs.noProducer)];
  }
  if (usualProducer.test(`${producer} ${creator ?? ''}`)) return [];
  return [finding('producer-unusual', 'warning', madeWith(producer))];
}

function dateFindings(
  { createdAt, modifiedAt }: PdfEvidence,
  lastAt: Instant | undefined,
): TamperFinding[] {
  const found: TamperFinding[] = [];
  if (createdAt !== undefined && modifiedAt !== undefined && createdAt !== modifiedAt) {
    const apartMs = Math.abs(epochMsOf(modifiedAt) - epochMsOf(createdAt));
    const severity = apartMs < savedTogetherMs ? 'note' : 'warning';
    found.push(finding('modified-after-creation', severity, changedLater(createdAt, modifiedAt)));
  }
  if (createdAt !== undefined && lastAt !== undefined && createdAt < lastAt) {
    found.push(finding('objects-anomalous', 'warning', madeBeforeItsEnd(createdAt, lastAt)));
  }
  return found;
}

function structureFindings(evidence: PdfEvidence): TamperFinding[] {
  const found: TamperFinding[] = [];
  if (evidence.incrementalUpdates > 0) {
    found.push(
      finding('incremental-update', 'warning', changesWereAppended(evidence.incrementalUpdates)),
    );
  }
  if (evidence.hasActiveContent) {
    found.push(finding('active-content', 'warning', signs.activeContent));
  }
  return found;
}

/** A font used by under a twentieth of the amounts looks like cells that were typed over. */
const rareShare = 20;

function fontFindings({ amountFonts }: PdfEvidence): TamperFinding[] {
  if (amountFonts.length < 2) return [];
  const cells = amountFonts.reduce((total, { cells: own }) => total + own, 0);
  const isRare = amountFonts.some(({ cells: own }) => own * rareShare < cells);
  return [
    finding('fonts-mixed-in-amounts', isRare ? 'warning' : 'note', fontsAreMixed(amountFonts)),
  ];
}
