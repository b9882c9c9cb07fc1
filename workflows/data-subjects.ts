/**
 * Replaces a person by a pseudonym wherever a business keeps words about them. What still waits for
 * something is looked at again day by day; it ends with a round that finds nothing.
 */
import { proxyActivities, sleep } from '@temporalio/workflow';
import type { SubjectSteps } from '../activities/tenant-steps.ts';
import { databaseBatch } from '../temporal/policies.ts';
import { showEnd } from './statement-run.ts';
import type { PseudonymiseInput, PseudonymiseResult } from './tenant-types.ts';

const steps = proxyActivities<SubjectSteps>(databaseBatch);

/** More than the week a person may wait; payments and uploads are over long before. */
const daysMax = 14;

export async function pseudonymise(input: PseudonymiseInput): Promise<PseudonymiseResult> {
  let left = 0;
  for (let round = 1, days = 0; ; round += 1) {
    showEnd('replacing', `Look ${round} through everything that is kept.`);
    const done = await steps.replaceSubject({ ...input, round });
    left = done.left;
    if (left === 0 && done.changed === 0) break;
    if (left === 0) continue;
    if (days === daysMax) break;
    days += 1;
    showEnd('waiting', `${left} rows belong to something that is not over yet.`);
    await sleep('1 day');
  }
  const { changed } = await steps.endSubjectRequest({ ...input, left });
  showEnd('done', `The person was replaced in ${changed} rows.`);
  return { changed, left };
}
