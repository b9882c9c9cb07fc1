/** What "needs attention" says, in words a business user understands. */
import type { Attention, AttentionKind } from '../../db/analytics.ts';
import type { CoverageMatter } from '../../db/coverage.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { catalogue, isProblemCode } from '../problems.ts';
import type { Attention as Shown } from './schema.ts';

const titles: Record<AttentionKind | CoverageMatter['kind'], string> = {
  'statement-waiting-password': 'A statement waits for its password',
  'statement-waiting-mapping': 'A statement waits for its columns to be matched',
  'statement-waiting-review': 'A statement waits for your review',
  'statement-refused': 'A statement was refused',
  'statement-has-rejects': 'Some rows of a statement could not be read',
  'operation-failed': 'Reading a statement stopped half way',
  'account-gap': 'Days without a statement',
  'account-stale': 'No new statement for a while',
};

/** A matter of one statement. */
export function statementMatter(matter: Attention): Shown {
  const { kind, fileName, problem, count, at } = matter;
  return {
    kind,
    subjectId: toPublicId('statement', id('statement', matter.subjectId)),
    title: titles[kind],
    detail: `${fileName}: ${detailOf(matter)}`,
    subject: fileName,
    problem,
    count,
    period: null,
    at,
  };
}

function detailOf({ kind, problem, count }: Attention): string {
  if (kind === 'statement-has-rejects') return count === 1 ? '1 row' : `${count} rows`;
  if (problem !== null && isProblemCode(problem)) return catalogue[problem].cause;
  if (kind === 'statement-waiting-review') return 'Something does not add up; look at the checks.';
  return 'Open it to see what to do.';
}

/** A matter of one account, whose days are not all covered by statements. */
export function coverageMatter(matter: CoverageMatter): Shown {
  const { kind, from, to, count, at } = matter;
  const subject = `${matter.label} ${matter.numberMasked}`;
  const days = count === 1 ? '1 day' : `${count} days`;
  const lack =
    kind === 'account-gap'
      ? `${days} without a statement, lately ${from} to ${to}`
      : `no statement for ${days}, since ${from}`;
  return {
    kind,
    subjectId: toPublicId('account', id('account', matter.subjectId)),
    title: titles[kind],
    detail: `${subject}: ${lack}`,
    subject,
    problem: null,
    count,
    period: { from, to },
    at,
  };
}
