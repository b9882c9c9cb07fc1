/** Compares what was read with what the generator says the file contains. */
import type { WholeStatement } from '../../../activities/parser/whole-statement.ts';
import type { StatementLine } from '../../../domain/statements/terms.ts';
import type { StatementTruth, TruthRow } from '../../../simulators/statements/truth.ts';

/** Wrapped cells lose the difference between `M-PESA` and `M- PESA`, and nothing else. */
function tidy(text: string): string {
  return text
    .replace(/\s*-\s*/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}

function fromLine(line: StatementLine): unknown {
  const { receipt, completedAt, details, status, inCents, outCents, balanceCents } = line;
  const balance = balanceCents ?? null;
  return { receipt, completedAt, details: tidy(details), status, inCents, outCents, balance };
}

/** Rows that are not completed move no money, whatever amount they print. */
function fromTruth(row: TruthRow): unknown {
  const { receipt, completedAt, details, status, balanceCents } = row;
  const isMoved = status === 'completed';
  const inCents = isMoved ? row.inCents : 0;
  const outCents = isMoved ? row.outCents : 0;
  const balance = balanceCents;
  return { receipt, completedAt, details: tidy(details), status, inCents, outCents, balance };
}

/** Fails unless every row, amount, text, reject and count is as the truth says. */
export function expectTruth(whole: WholeStatement, truth: StatementTruth): void {
  expect(whole.problem).toBeUndefined();
  expect(whole.lines.map(fromLine)).toEqual(truth.rows.map(fromTruth));
  expect(whole.rejects.map((reject) => reject.reason)).toEqual(
    truth.rejects.map((reject) => reject.reason),
  );
  const candidates = truth.rows.length + truth.rejects.length;
  expect(whole.counts).toMatchObject({
    candidates,
    lines: truth.rows.length,
    rejects: truth.rejects.length,
  });
  expect(whole.counts?.countedInText ?? candidates).toBe(candidates);
  expect(whole.report?.rowCount).toBe(truth.rows.length);
  expect(whole.report?.totalInCents).toBe(truth.totals.inCents);
  expect(whole.report?.totalOutCents).toBe(truth.totals.outCents);
}
