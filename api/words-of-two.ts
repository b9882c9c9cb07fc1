/**
 * What one person says of money and a second one agrees to. Whoever says it never agrees to it, may
 * take it back, and after a week it is over.
 */
import { z } from 'zod';
import {
  endWord,
  insertWord,
  latestWord,
  type AboutWord,
  type NewWord,
  type WordKind,
  type WordsOfTwo,
} from '../db/words-of-two.ts';
import type { TenantHandle } from '../db/database.ts';
import { expiryOf, standingOf } from '../domain/waiting.ts';
import { isOwnRequest, refuseChecker, refuseWithdrawal } from './auth/checker.ts';
import { actorOf } from './auth/principal.ts';
import { nowOf } from './now.ts';
import { instantSchema } from './primitives.ts';
import { problem, type Problem } from './problems.ts';
import type { Call } from './route.ts';

/** What every kind shows of who said it and how it stands. */
export const wordFields = {
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: instantSchema,
  expiresAt: instantSchema.describe('Until when a second person can agree'),
  decidedBy: z.string().nullable(),
  isOwn: z.boolean(),
};

export const wordDecision = z.strictObject({ decision: z.enum(['agree', 'reject']) });

/** Records what somebody says, in their name. */
export async function say<Kind extends WordKind>(
  t: TenantHandle,
  call: Call,
  said: Omit<NewWord<Kind>, 'requestedBy' | 'requestedAt' | 'expiresAt'>,
): Promise<Problem | undefined> {
  const requestedAt = nowOf(call);
  const requestedBy = actorOf(call.principal);
  const word = { ...said, requestedBy, requestedAt, expiresAt: expiryOf(requestedAt) };
  const isSaid = await insertWord(t, word as NewWord<Kind>, call.requestId);
  return isSaid ? undefined : problem('already-requested');
}

/** Counts the decision of the second person about the word that waits. */
export async function decideWord<Kind extends WordKind>(
  t: TenantHandle,
  call: Call,
  about: AboutWord<Kind>,
  decision: 'agree' | 'reject',
): Promise<Problem | WordsOfTwo[Kind]> {
  const waiting = await waitingWord(t, call, about);
  if (waiting === undefined) return problem('request-not-waiting');
  const refusal = refuseChecker(call, waiting);
  if (refusal !== undefined) return refusal;
  const status = decision === 'agree' ? 'agreed' : 'rejected';
  const ended = await end(t, call, about, { wordId: waiting.id, status });
  return ended ?? problem('request-not-waiting');
}

/** Takes back the word that waits, for whoever said it. */
export async function withdrawWord<Kind extends WordKind>(
  t: TenantHandle,
  call: Call,
  about: AboutWord<Kind>,
): Promise<Problem | undefined> {
  const waiting = await waitingWord(t, call, about);
  if (waiting === undefined) return problem('request-not-waiting');
  const refusal = refuseWithdrawal(call, waiting);
  if (refusal !== undefined) return refusal;
  const ended = await end(t, call, about, { wordId: waiting.id, status: 'withdrawn' });
  return ended === undefined ? problem('request-not-waiting') : undefined;
}

async function waitingWord<Kind extends WordKind>(
  t: TenantHandle,
  call: Call,
  about: AboutWord<Kind>,
): Promise<WordsOfTwo[Kind] | undefined> {
  const word = await latestWord(t, about);
  return word !== undefined && standingOf(word, nowOf(call)) === 'waiting' ? word : undefined;
}

function end<Kind extends WordKind>(
  t: TenantHandle,
  { principal, requestId }: Call,
  about: AboutWord<Kind>,
  ending: { wordId: string; status: 'agreed' | 'rejected' | 'withdrawn' },
): Promise<WordsOfTwo[Kind] | undefined> {
  return endWord(t, about, { ...ending, decidedBy: actorOf(principal), requestId });
}

/** What of a word an ETag depends on: that its time is over changes it, too. */
export function wordTag(
  word: WordsOfTwo[WordKind] | undefined,
  call: Call,
): (string | undefined)[] {
  return [word?.id, word && standingOf(word, nowOf(call))];
}

/** A word as the caller sees it; what it is about is told around it. */
export function showWord<Kind extends WordKind>(word: WordsOfTwo[Kind], call: Call) {
  const { id: _id, ...shown } = word;
  return {
    ...shown,
    status: standingOf(word, nowOf(call)),
    isOwn: isOwnRequest(call.principal, word),
  };
}
