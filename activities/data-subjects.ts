/** Replaces a person by a pseudonym, page by page, and certifies it. */
import type { Database } from '../db/database.ts';
import { eraseAllDownloads } from '../db/downloads.ts';
import { auditSubject, countKeptFiles, findSubjectRequest } from '../db/subject-requests.ts';
import { certifySubject, replaceOnPage } from '../db/subject-rounds.ts';
import type { Failpoint } from './failpoint.ts';
import type { SubjectSteps } from './tenant-steps.ts';

export interface SubjectDependencies {
  db: Database;
  failpoint: Failpoint;
}

/** Builds the steps that replace a person. */
export function createSubjectActivities(d: SubjectDependencies): SubjectSteps {
  return {
    replaceSubject: (input) => replaceSubject(d, input),
    endSubjectRequest: (input) => endSubjectRequest(d, input),
  };
}

async function replaceSubject(
  d: SubjectDependencies,
  { tenantId, requestId, round }: Parameters<SubjectSteps['replaceSubject']>[0],
) {
  for (;;) {
    const standing = await d.db.withTenant(tenantId, (t) => replaceOnPage(t, requestId, round));
    if (standing.isThrough) {
      await d.failpoint('subject.afterRound');
      return { changed: standing.changed, left: standing.left };
    }
    await d.failpoint('subject.midRound');
  }
}

async function endSubjectRequest(
  d: SubjectDependencies,
  { tenantId, requestId, left }: Parameters<SubjectSteps['endSubjectRequest']>[0],
) {
  const changed = await d.db.withTenant(tenantId, async (t) => {
    const request = await findSubjectRequest(t, requestId, { isLocked: true });
    if (request === undefined) throw new Error(`there is no request ${requestId}`);
    const { pseudonym } = request;
    const keptFiles = await countKeptFiles(t, pseudonym);
    // Files that were made before may still speak of them; they can be made again.
    await eraseAllDownloads(t);
    if (await certifySubject(t, requestId, { left, keptFiles })) {
      await auditSubject(t, {
        ...{ actor: 'service:tenants', action: 'pseudonymised', subjectRequest: requestId },
        detail: { pseudonym, changed: request.changed, left, keptFiles },
      });
    }
    return request.changed;
  });
  await d.failpoint('subject.afterEnd');
  return { changed: Object.values(changed).reduce((sum, rows) => sum + rows, 0) };
}
