/**
 * Signs that a file was changed after it was issued. Signs in the file's metadata are shown and
 * never change the verdict, because people re-save files for honest reasons; the contents decide.
 */
import { isSummaryInconsistent, printedTotals } from './checks.ts';
import type { Findings } from './checks.ts';
import { epochMsOf } from '../time.ts';
import type { Instant } from '../time.ts';
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
  detail: string,
  rows: readonly RowPointer[] = [],
): TamperFinding {
  return { signal, severity, detail, rows };
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
    const detail = 'The Balance column that this kind of statement prints is missing.';
    return [finding('balance-column-missing', 'warning', detail)];
  }
  if (chain.breakCount === 0) return [];
  // Which account of a mixed export a row belongs to is read from its wording, which may mislead.
  const severity = facts.balancesPerSubAccount ? 'warning' : 'alarm';
  const rows = chain.breaks.flatMap((found) => found.rows).slice(0, 50);
  const detail = 'Amounts and running balance contradict each other at these rows.';
  return [finding('balance-chain-broken', severity, detail, rows)];
}

function summaryFindings({ facts, totalInCents, totalOutCents }: Findings): TamperFinding[] {
  const printed = printedTotals(facts);
  const isOff = (total: number | undefined, own: number) => total !== undefined && total !== own;
  if (isOff(printed.inCents, totalInCents) || isOff(printed.outCents, totalOutCents)) {
    const detail = 'The printed totals are not the sums of the rows.';
    return [finding('summary-mismatch', 'alarm', detail)];
  }
  if (!isSummaryInconsistent(facts)) return [];
  const detail = 'The lines of the printed summary do not add up to its own total.';
  return [finding('summary-mismatch', 'warning', detail)];
}

function receiptFindings({ facts, wrongDay, nearMidnight, receipts }: Findings): TamperFinding[] {
  const found: TamperFinding[] = [];
  const alarm = facts.format === 'mapped-csv' ? 'note' : 'alarm';
  if (wrongDay.count > 0) {
    const detail = 'The receipts of these rows were issued on another day than is printed.';
    found.push(finding('receipt-date-mismatch', alarm, detail, wrongDay.rows));
  } else if (nearMidnight.count > 0) {
    const detail = 'These rows completed just across midnight from the day of their receipts.';
    found.push(finding('receipt-date-mismatch', 'note', detail, nearMidnight.rows));
  }
  if (receipts.conflicts.count > 0) {
    const detail = 'One receipt stands with different amounts that no charge explains.';
    found.push(finding('receipt-amount-conflict', alarm, detail, receipts.conflicts.rows));
  } else if (receipts.doubts.count > 0) {
    const detail = 'One receipt stands with different amounts; a wording is not known.';
    found.push(finding('receipt-amount-conflict', 'note', detail, receipts.doubts.rows));
  }
  return found;
}

function orderFindings({ chain }: Findings): TamperFinding[] {
  if (chain.disorder.count === 0) return [];
  const severity = chain.breakCount > 0 ? 'warning' : 'note';
  const detail = 'These rows stand against the order of time that the file otherwise keeps.';
  return [finding('row-order-broken', severity, detail, chain.disorder.rows)];
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
    return [finding('producer-unusual', 'note', 'The file does not say which program made it.')];
  }
  if (usualProducer.test(`${producer} ${creator ?? ''}`)) return [];
  const detail = `The file was made or re-saved with “${producer}”.`;
  return [finding('producer-unusual', 'warning', detail)];
}

function dateFindings(
  { createdAt, modifiedAt }: PdfEvidence,
  lastAt: Instant | undefined,
): TamperFinding[] {
  const found: TamperFinding[] = [];
  if (createdAt !== undefined && modifiedAt !== undefined && createdAt !== modifiedAt) {
    const apartMs = Math.abs(epochMsOf(modifiedAt) - epochMsOf(createdAt));
    const severity = apartMs < savedTogetherMs ? 'note' : 'warning';
    const detail = `The file was made at ${createdAt} and changed at ${modifiedAt}.`;
    found.push(finding('modified-after-creation', severity, detail));
  }
  if (createdAt !== undefined && lastAt !== undefined && createdAt < lastAt) {
    const detail = `The file says it was made at ${createdAt}, before its last row at ${lastAt}.`;
    found.push(finding('objects-anomalous', 'warning', detail));
  }
  return found;
}

function structureFindings(evidence: PdfEvidence): TamperFinding[] {
  const found: TamperFinding[] = [];
  if (evidence.incrementalUpdates > 0) {
    const detail = `Changes were appended to the file ${evidence.incrementalUpdates} time(s).`;
    found.push(finding('incremental-update', 'warning', detail));
  }
  if (evidence.hasActiveContent) {
    const detail = 'The file carries scripts, actions or attachments; none was run or opened.';
    found.push(finding('active-content', 'warning', detail));
  }
  return found;
}

/** A font used by under a twentieth of the amounts looks like cells that were typed over. */
const rareShare = 20;

function fontFindings({ amountFonts }: PdfEvidence): TamperFinding[] {
  if (amountFonts.length < 2) return [];
  const cells = amountFonts.reduce((total, { cells: own }) => total + own, 0);
  const isRare = amountFonts.some(({ cells: own }) => own * rareShare < cells);
  const names = amountFonts.map(({ font, cells: own }) => `${font} (${own})`).join(', ');
  const detail = `The amounts are printed in ${amountFonts.length} fonts: ${names}.`;
  return [finding('fonts-mixed-in-amounts', isRare ? 'warning' : 'note', detail)];
}
