/**
 * Prompting the payer's phone, and asking what became of it. The row is claimed before a byte is
 * sent and says afterwards what happened, so that an attempt is made once whatever dies in between.
 */
import { addWitness } from '../db/collection-witnesses.ts';
import { appendCollectionEvent } from '../db/collection-events.ts';
import type { SealedCollection } from '../db/collection-record.ts';
import { countAsk, openedCollection, patchCollection } from '../db/collections.ts';
import type { Database } from '../db/database.ts';
import type { HookTokens } from '../db/hook-tokens.ts';
import { openCredentials, type ShortcodeCredentials } from '../db/shortcodes.ts';
import { collectionWords } from '../domain/collections/phrases.ts';
import { scaled, unresolvedAfterMs } from '../domain/collections/wait-ladder.ts';
import { meaningOf } from '../domain/daraja/result-codes.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import { whileBeating } from './beating.ts';
import { lookForPush } from './collection-pull.ts';
import type { AskOutcome, CollectionKey, PushOutcome, PushSteps } from './collection-steps.ts';
import type { Daraja, StkAccepted, StkState } from './daraja/client.ts';
import type { Answer } from './daraja/client.ts';
import type { Failpoint } from './failpoint.ts';
import { announceCollection, type Publisher } from './collection-live.ts';

export interface PushDependencies {
  db: Database;
  redis: Publisher;
  daraja: Pick<Daraja, 'stkPush' | 'stkQuery' | 'pull'>;
  hooks: HookTokens;
  failpoint: Failpoint;
  nowMs: () => number;
  timeScale: number;
}

/** Builds the steps that call Daraja. */
export function createPushActivities(d: PushDependencies): PushSteps {
  return {
    sendStkPush: (key) => whileBeating(() => sendStkPush(d, key)),
    askAboutPush: (key) => whileBeating(() => askOrLook(d, key)),
  };
}

async function sendStkPush(d: PushDependencies, key: CollectionKey): Promise<PushOutcome> {
  await d.failpoint('stk.beforeSend');
  const claimed = await claim(d, key);
  if ('kind' in claimed) return claimed;
  const { collection, credentials } = claimed;
  const answer = await d.daraja.stkPush(credentials, {
    amountCents: collection.amountCents,
    msisdn: collection.msisdn,
    accountReference: collection.accountReference,
    description: collection.description,
    callbackUrl: d.hooks.urlOf('s', { tenantId: key.tenantId, targetId: key.collectionId }),
  });
  await d.failpoint('stk.afterSendBeforePersist');
  const outcome = await persist(d, key, answer);
  await d.failpoint('stk.afterPersist');
  announceCollection(d.redis, key);
  return outcome;
}

interface Claimed {
  collection: SealedCollection;
  credentials: ShortcodeCredentials;
}

/** From `requested` to `sending`, once; every later attempt finds how far the first one came. */
function claim(d: PushDependencies, key: CollectionKey): Promise<Claimed | PushOutcome> {
  return d.db.withTenant(key.tenantId, async (t) => {
    const collection = await openedCollection(t, key.collectionId);
    if (collection === undefined) return { kind: 'ended' } as const;
    const credentials = await openCredentials(t, collection.shortcodeId);
    if (credentials === undefined) return noCredentials;
    const nowMs = d.nowMs();
    const taken = await patchCollection(t, key.collectionId, {
      status: 'sending',
      sentAt: instantFromEpochMs(nowMs),
      resolvesBy: instantFromEpochMs(nowMs + scaled(unresolvedAfterMs, d.timeScale)),
      whenStatus: ['requested'],
    });
    if (taken === undefined) return alreadyTried(collection);
    await appendCollectionEvent(t, key.collectionId, { type: 'sending', data: {} });
    return { collection, credentials };
  });
}

const noCredentials: PushOutcome = {
  kind: 'refused',
  code: 'no-credentials',
  words: collectionWords('no-credentials'),
};

function alreadyTried({ status, resultCode, resultDetail }: SealedCollection): PushOutcome {
  if (status === 'sending' && resultCode !== null) {
    return { kind: 'refused', code: resultCode, words: resultDetail ?? '' };
  }
  if (status === 'sending') return { kind: 'silent', detail: 'The answer of the attempt is lost.' };
  if (status === 'prompted' || status === 'unknown')
    return { kind: 'prompted', customerMessage: '' };
  return { kind: 'ended' };
}

async function persist(
  d: PushDependencies,
  key: CollectionKey,
  answer: Answer<StkAccepted>,
): Promise<PushOutcome> {
  switch (answer.kind) {
    case 'accepted':
      return persistPrompt(d, key, answer.value);
    case 'rejected':
      return persistRefusal(d, key, answer.code);
    case 'unknown':
      await note(d, key, { cause: answer.cause });
      return { kind: 'silent', detail: answer.cause };
    case 'not-sent': {
      const { cause, retryAfterMs = 2_000 } = answer;
      await unclaim(d, key, cause);
      return { kind: 'not-sent', cause, retryAfterMs };
    }
  }
}

/** Kept at once, so that an attempt whose worker dies now is not taken for a silent one. */
async function persistRefusal(
  d: PushDependencies,
  key: CollectionKey,
  code: string,
): Promise<PushOutcome> {
  const words = refusalWords(code);
  const change = { resultCode: code, resultDetail: words };
  await d.db.withTenant(key.tenantId, (t) => patchCollection(t, key.collectionId, change));
  return { kind: 'refused', code, words };
}

function refusalWords(code: string): string {
  const known = meaningOf('gateway', code);
  return known.status === 'unknown' ? collectionWords('refused', { code }) : known.wordsEn;
}

async function persistPrompt(
  d: PushDependencies,
  key: CollectionKey,
  { customerMessage, merchantRequestId, checkoutRequestId }: StkAccepted,
): Promise<PushOutcome> {
  const ids = { merchantRequestId, checkoutRequestId };
  try {
    await savePrompt(d.db, { ...key, ...ids });
    return { kind: 'prompted', customerMessage };
  } catch {
    // The phone rings all the same: the run keeps the ids until the database is back.
    return { kind: 'prompted', customerMessage, unsaved: ids };
  }
}

/** Notes that the provider took the push; a callback may have been quicker, and then nothing changes. */
export function savePrompt(
  db: Database,
  prompt: CollectionKey & { merchantRequestId: string; checkoutRequestId: string },
): Promise<void> {
  const { tenantId, collectionId, merchantRequestId, checkoutRequestId } = prompt;
  return db.withTenant(tenantId, async (t) => {
    const ids = { merchantRequestId, checkoutRequestId };
    const prompted = await patchCollection(t, collectionId, {
      ...{ ...ids, status: 'prompted' },
      whenStatus: ['sending'],
    });
    if (prompted === undefined) {
      await patchCollection(t, collectionId, ids);
      return;
    }
    await appendCollectionEvent(t, collectionId, {
      type: 'prompted',
      data: { checkoutRequestId, resolvesBy: prompted.resolvesBy },
    });
  });
}

function note(d: PushDependencies, key: CollectionKey, data: { cause: string }): Promise<void> {
  return d.db.withTenant(key.tenantId, async (t) => {
    await patchCollection(t, key.collectionId, {});
    await appendCollectionEvent(t, key.collectionId, { type: 'silent', data });
  });
}

/** Not a byte left: the next attempt may claim it again. */
function unclaim(d: PushDependencies, key: CollectionKey, cause: string): Promise<void> {
  return d.db.withTenant(key.tenantId, async (t) => {
    const back = { status: 'requested', sentAt: null, resolvesBy: null } as const;
    const given = await patchCollection(t, key.collectionId, { ...back, whenStatus: ['sending'] });
    if (given === undefined) return;
    await appendCollectionEvent(t, key.collectionId, { type: 'not-sent', data: { cause } });
  });
}

/** Where the question has no answer, the money itself is looked for. */
async function askOrLook(d: PushDependencies, key: CollectionKey): Promise<AskOutcome> {
  const asked = await askAboutPush(d, key);
  if (asked.kind === 'heard' || asked.kind === 'pending') return asked;
  const looked = await lookForPush(d, key);
  if (looked.kind === 'cannot-ask') return asked;
  if (looked.kind === 'heard') announceCollection(d.redis, key);
  return looked;
}

async function askAboutPush(d: PushDependencies, key: CollectionKey): Promise<AskOutcome> {
  const found = await d.db.withTenant(key.tenantId, async (t) => {
    const collection = await openedCollection(t, key.collectionId);
    const checkoutRequestId = collection?.checkoutRequestId;
    if (collection === undefined || checkoutRequestId === null) return undefined;
    if (checkoutRequestId === undefined) return undefined;
    const credentials = await openCredentials(t, collection.shortcodeId);
    return credentials === undefined ? undefined : { credentials, checkoutRequestId };
  });
  if (found === undefined) return { kind: 'cannot-ask' };
  const { credentials, checkoutRequestId } = found;
  const answer = await d.daraja.stkQuery(credentials, { checkoutRequestId });
  if (answer.kind !== 'accepted') {
    const isTold = answer.kind === 'rejected';
    await noteAsked(d, key, isTold ? answer.code : answer.cause);
    return { kind: 'unreachable' };
  }
  return hear(d, key, answer.value);
}

function noteAsked(d: PushDependencies, key: CollectionKey, answer: string): Promise<void> {
  return d.db.withTenant(key.tenantId, async (t) => {
    const asked = await countAsk(t, key.collectionId);
    await appendCollectionEvent(t, key.collectionId, { type: 'queried', data: { asked, answer } });
  });
}

async function hear(
  d: PushDependencies,
  key: CollectionKey,
  { outcome, code, description }: StkState,
): Promise<AskOutcome> {
  const { collectionId } = key;
  await d.db.withTenant(key.tenantId, async (t) => {
    const asked = await countAsk(t, collectionId);
    await appendCollectionEvent(t, collectionId, {
      type: 'queried',
      data: { asked, answer: code },
    });
    if (outcome === 'pending') return;
    await addWitness(t, { collectionId, kind: 'query', outcome, code, detail: description });
  });
  announceCollection(d.redis, key);
  return { kind: outcome === 'pending' ? 'pending' : 'heard' };
}
