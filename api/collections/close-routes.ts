/**
 * Giving up a request for money nobody knows about. What is no more than the approval limit one person
 * gives up; above it, it waits for a second one, as a payout of that size does. Money that shows up
 * later is credited all the same.
 */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { noteUnpaidEnd } from '../../db/collection-ends.ts';
import type { Collection } from '../../db/collection-record.ts';
import { lockCollection, patchCollection } from '../../db/collections.ts';
import type { TenantHandle } from '../../db/database.ts';
import { twoPeopleAbove } from '../../db/limits.ts';
import { isWordKnown } from '../../db/words-of-two.ts';
import { collectionWords } from '../../domain/collections/phrases.ts';
import { isClosable } from '../../domain/collections/terms.ts';
import type { CollectionId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { todayOf } from '../now.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { uuidFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { decideWord, say, withdrawWord, wordDecision } from '../words-of-two.ts';
import { readDetail } from './detail.ts';
import { showCollectionDetail } from './present.ts';
import { closeRequest, collectionDetail } from './schema.ts';

const params = z.strictObject({ id: idSchema('collection') });
const tag = 'Collections';
const shown = { 200: { description: 'The collection as it is now', schema: collectionDetail } };

const close = route({
  method: 'post',
  path: '/v1/collections/{id}/close',
  tag,
  summary: 'Close a collection that stayed unknown',
  description:
    'For collections handed over after a day of silence. Above the approval limit it waits for a second person, for which there is a week. The reason is kept in the audit log. Should the money show up later, it is credited and the collection is paid.',
  auth: 'collections:write',
  request: { params, body: closeRequest },
  idempotency: 'optional',
  responses: {
    200: { description: 'The collection as it is now', schema: collectionDetail },
    202: { description: 'A second person has to agree', schema: collectionDetail },
  },
  problems: ['not-found', 'cannot-close', 'already-requested'],
  handler: async ({ params: { id: aboutId }, body }, call) => {
    const { reason } = body;
    const answer = await inCollection(call, aboutId, async (t, found) => {
      const wordId = uuidFor(call, 'collectionClosing', body);
      if (await isWordKnown(t, 'collectionClosing', wordId)) return undefined;
      if (!isClosable(found)) return problem('cannot-close');
      if (found.amountCents > (await twoPeopleAbove(t, todayOf(call)))) {
        return say(t, call, { kind: 'collectionClosing', id: wordId, aboutId, reason });
      }
      await giveUp(t, call, found, {
        ...{ words: collectionWords('closed', { reason }), detail: { reason } },
      });
      return undefined;
    });
    if ('problem' in answer) return answer;
    const waits = answer.body.canClose && answer.body.closing?.status === 'waiting';
    return waits ? { ...answer, status: 202 } : answer;
  },
});

const decide = route({
  method: 'post',
  path: '/v1/collections/{id}/close/decision',
  tag,
  summary: 'Agree to closing a collection as the second person, or refuse it',
  auth: 'disbursements:approve',
  request: { params, body: wordDecision },
  idempotency: 'optional',
  responses: shown,
  problems: [
    ...['not-found', 'own-request', 'fresh-mfa-needed', 'request-not-waiting'],
    'cannot-close',
  ] as const,
  handler: ({ params: { id: aboutId }, body: { decision } }, call) =>
    inCollection(call, aboutId, async (t, found) => {
      if (decision === 'agree' && !isClosable(found)) return problem('cannot-close');
      const said = await decideWord(t, call, { kind: 'collectionClosing', aboutId }, decision);
      if ('problem' in said) return said;
      const { reason, requestedBy } = said;
      if (decision === 'reject') return undefined;
      await giveUp(t, call, found, {
        ...{ words: collectionWords('closed-by-two', { reason }), detail: { reason, requestedBy } },
      });
      return undefined;
    }),
});

const withdraw = route({
  method: 'post',
  path: '/v1/collections/{id}/close/withdraw',
  tag,
  summary: 'Take back that a collection is to be closed',
  auth: 'collections:write',
  request: { params, body: z.strictObject({}) },
  idempotency: 'optional',
  responses: shown,
  problems: ['not-found', 'not-own-request', 'request-not-waiting'],
  handler: ({ params: { id: aboutId } }, call) =>
    inCollection(call, aboutId, (t) =>
      withdrawWord(t, call, { kind: 'collectionClosing', aboutId }),
    ),
});

/** Holds the collection during the work, and answers with it as it is then. */
async function inCollection(
  call: Call,
  id: CollectionId,
  work: (t: TenantHandle, found: Collection) => Promise<Problem | undefined>,
) {
  const refusal = await changeOwn(call, async (t) => {
    const found = await lockCollection(t, id);
    return found === undefined ? problem('not-found') : work(t, found);
  });
  if (refusal !== undefined) return refusal;
  const known = await readDetail(call, id);
  if (known === undefined) return problem('not-found');
  return { status: 200 as const, body: showCollectionDetail(known, call) };
}

/** Ends it without money, and tells everybody. */
async function giveUp(
  t: TenantHandle,
  call: Call,
  { id }: Collection,
  { words, detail }: { words: string; detail: Record<string, unknown> },
): Promise<void> {
  const ended = await patchCollection(t, id, {
    ...{ status: 'cancelled', resultCode: 'closed', resultDetail: words },
  });
  if (ended === undefined) throw new Error('a locked collection vanished');
  await noteUnpaidEnd(t, ended);
  await appendAudit(t, {
    ...{ actor: actorOf(call.principal), action: 'collection.close', detail },
    ...{ objectKind: 'collection', objectId: id, requestId: call.requestId },
  });
}

export const collectionCloseRoutes: readonly Route[] = [close, decide, withdraw];
