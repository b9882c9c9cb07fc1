/** What "needs attention" says, in words a business user understands. */
import type { Attention, AttentionKind } from '../../db/analytics.ts';
import { catalogue, isProblemCode } from '../problems.ts';

const titles: Record<AttentionKind, string> = {
  'statement-waiting-password': 'A statement waits for its password',
  'statement-waiting-mapping': 'A statement waits for its columns to be matched',
  'statement-waiting-review': 'A statement waits for your review',
  'statement-refused': 'A statement was refused',
  'statement-has-rejects': 'Some rows of a statement could not be read',
  'operation-failed': 'Reading a statement stopped half way',
};

export function attentionWords(matter: Attention): { title: string; detail: string } {
  return { title: titles[matter.kind], detail: `${matter.fileName}: ${detailOf(matter)}` };
}

function detailOf({ kind, problem, count }: Attention): string {
  if (kind === 'statement-has-rejects') return count === 1 ? '1 row' : `${count} rows`;
  if (problem !== null && isProblemCode(problem)) return catalogue[problem].cause;
  if (kind === 'statement-waiting-review') return 'Something does not add up; look at the checks.';
  return 'Open it to see what to do.';
}
