/**
 * One look through everything a tenant holds, in which a person is replaced. Each page is one
 * transaction with its place, so whoever goes on after a death neither skips nor repeats a page.
 */
import { sql } from 'kysely';
import type { SubjectRequestId } from '../domain/ids.ts';
import type { TenantHandle } from './database.ts';
import { pseudonymOf, findSubjectRequest } from './subject-requests.ts';
import { replacePerson } from './subject-rewrite.ts';
import { firstPosition, holdRow, readHeldRows, wordsAbout } from './subject-sources.ts';

export interface RoundStanding {
  isThrough: boolean;
  /** Rows this round has changed so far, and those it had to leave. */
  changed: number;
  left: number;
}

const rowsPerPage = 500;

/** Does the next page of a round, or begins it; a round that is through answers what it did. */
export async function replaceOnPage(
  t: TenantHandle,
  requestId: SubjectRequestId,
  round: number,
): Promise<RoundStanding> {
  const request = await findSubjectRequest(t, requestId, { isLocked: true });
  const { person } = request ?? {};
  if (request?.status !== 'running' || !person) {
    throw new Error(`request ${requestId} about a person is not under way`);
  }
  const before = await standingOf(t, requestId, round);
  if (before.position === null) return { isThrough: true, ...before };
  const { rows, next } = await readHeldRows(t, before.position, rowsPerPage);
  const changed: Record<string, number> = { ...request.changed };
  let [done, left] = [before.changed, before.left];
  for (const one of rows) {
    if (wordsAbout(t, one, person) === undefined) continue;
    const held = await holdRow(t, one);
    if (held === undefined || wordsAbout(t, held, person) === undefined) continue;
    if (!held.isSettled) {
      left += 1;
      continue;
    }
    await replacePerson(t, held, { person, as: pseudonymOf(t, person) });
    const { kind } = held.source;
    changed[kind] = (changed[kind] ?? 0) + 1;
    done += 1;
  }
  await t.query
    .updateTable('subject_requests')
    .set({
      ...{ round, round_changed: done, round_left: left },
      changed: JSON.stringify(changed),
      position: next === undefined ? null : JSON.stringify(next),
    })
    .where('id', '=', requestId)
    .execute();
  return { isThrough: next === undefined, changed: done, left };
}

/** Where this round is; one that was not begun is at its beginning. */
async function standingOf(t: TenantHandle, requestId: SubjectRequestId, round: number) {
  const row = await t.query
    .selectFrom('subject_requests')
    .select(['round', 'position', 'round_changed as changed', 'round_left as left'])
    .where('id', '=', requestId)
    .executeTakeFirstOrThrow();
  const { changed, left } = row;
  if (row.round === round) return { position: row.position, changed, left };
  return { position: firstPosition, changed: 0, left: 0 };
}

/** Writes the certificate and forgets who it was about; false when that was done before. */
export async function certifySubject(
  t: TenantHandle,
  requestId: SubjectRequestId,
  { left, keptFiles }: { left: number; keptFiles: number },
): Promise<boolean> {
  const ended = await t.query
    .updateTable('subject_requests')
    .set({
      ...{ status: 'done', question_sealed: null, left_count: left, kept_files: keptFiles },
      ...{ position: null, ended_at: sql`now()` },
    })
    .where('id', '=', requestId)
    .where('status', '=', 'running')
    .executeTakeFirst();
  return ended.numUpdatedRows === 1n;
}
