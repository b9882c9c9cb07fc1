/** A proof that is made again from stored rows, after a person decided about some of them. */
import type { ProofCheck, ProofReport, TamperFinding, TamperSignal } from './terms.ts';

/** Signs in the file's metadata: they need its bytes, so what was found then stays. */
const ofTheFile: readonly TamperSignal[] = [
  'producer-unusual',
  'modified-after-creation',
  'incremental-update',
  'fonts-mixed-in-amounts',
  'objects-anomalous',
  'active-content',
];

/**
 * The new report with what only the file could tell: signs in its metadata, and that it seemed to
 * hold more rows than were read, which no typed row explains.
 */
export function withFindingsOfFile(
  report: ProofReport,
  before: { checks: readonly ProofCheck[]; tamper: readonly TamperFinding[] },
): Pick<ProofReport, 'verdict' | 'checks' | 'tamper'> {
  const lost = before.checks.find(isOfLostRows);
  const tamper = [
    ...report.tamper,
    ...before.tamper.filter(({ signal }) => ofTheFile.includes(signal)),
  ];
  if (lost === undefined) return { verdict: report.verdict, checks: report.checks, tamper };
  const checks = report.checks.map((check) => (check.name === lost.name ? lost : check));
  return { verdict: 'needsReview', checks, tamper };
}

/** A row count that failed points at the rejects; with none to point at, rows were lost. */
function isOfLostRows({ name, outcome, rows }: ProofCheck): boolean {
  return name === 'row-count' && outcome === 'failed' && rows.length === 0;
}
