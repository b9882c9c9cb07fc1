/**
 * A push that nobody answers for is looked for in the payments that M-PESA lists for its shortcode.
 * Its money there is a witness with a receipt; that it is not there, seen twice long after the prompt
 * has lapsed, is a witness too. Without the right to pull nothing is concluded from silence.
 */
import { appendCollectionEvent } from '../db/collection-events.ts';
import { addWitness, listWitnesses } from '../db/collection-witnesses.ts';
import type { SealedCollection } from '../db/collection-record.ts';
import {
  countAsk,
  findCollectionsLike,
  lockOpenedCollection,
  openedCollection,
} from '../db/collections.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import { receiptsHeldElsewhere } from '../db/received-payments.ts';
import { findShortcode, openCredentials, type ShortcodeCredentials } from '../db/shortcodes.ts';
import {
  lapsedMs,
  notInPullCode,
  paymentWindow,
  seekPush,
  weighAbsence,
  type PullFinding,
} from '../domain/collections/pull.ts';
import { isOpen } from '../domain/collections/terms.ts';
import { scaled } from '../domain/collections/wait-ladder.ts';
import { epochMsOf, instantFromEpochMs, type Instant } from '../domain/time.ts';
import type { AskOutcome, CollectionKey } from './collection-steps.ts';
import type { Daraja } from './daraja/client.ts';
import { pullAll } from './pull-pages.ts';

export interface PullForPushDependencies {
  db: Database;
  daraja: Pick<Daraja, 'pull'>;
  nowMs: () => number;
  timeScale: number;
}

/** Looks for the money of one push; `cannot-ask` while it is too early or nothing can be pulled. */
export async function lookForPush(
  d: PullForPushDependencies,
  key: CollectionKey,
): Promise<AskOutcome> {
  const wanted = await d.db.withTenant(key.tenantId, (t) => prepare(t, key, d), { readOnly: true });
  if (wanted === undefined) return { kind: 'cannot-ask' };
  const pulled = await pullAll(d.daraja, wanted.credentials, wanted.range);
  if (pulled.kind !== 'complete') {
    await noteLook(d, key, pulled.cause);
    return { kind: 'unreachable' };
  }
  return d.db.withTenant(key.tenantId, async (t) => {
    const push = await lockOpenedCollection(t, key.collectionId);
    if (push === undefined || push.sentAt === null || !isOpen(push.status)) {
      return { kind: 'cannot-ask' } as const;
    }
    const sought = { ...push, sentAt: push.sentAt };
    const receipts = await receiptsHeldElsewhere(t, {
      shortcodeId: push.shortcodeId,
      collectionId: push.id,
      receipts: pulled.payments.map(({ receipt }) => receipt),
    });
    const rivals = await countRivals(t, sought);
    const finding = seekPush(sought, pulled.payments, { receipts, rivals });
    return hear(t, { push: sought, finding, nowMs: wanted.nowMs, scale: d.timeScale });
  });
}

type SentCollection = SealedCollection & { sentAt: Instant };

interface Wanted {
  credentials: ShortcodeCredentials;
  range: { from: Instant; to: Instant };
  /** Before the first page was asked for. */
  nowMs: number;
}

/** M-PESA lists the last 48 hours; the margin is for the pages that are still to be read. */
const horizonMs = 47 * 60 * 60 * 1_000;

async function prepare(
  t: TenantHandle,
  { collectionId }: CollectionKey,
  { nowMs: now, timeScale }: PullForPushDependencies,
): Promise<Wanted | undefined> {
  const push = await openedCollection(t, collectionId);
  if (push === undefined || push.sentAt === null || !isOpen(push.status)) return undefined;
  const nowMs = now();
  if (nowMs - epochMsOf(push.sentAt) < scaled(lapsedMs, timeScale)) return undefined;
  const { fromMs, toMs } = paymentWindow(push.sentAt);
  if (fromMs < nowMs - horizonMs) return undefined;
  const shortcode = await findShortcode(t, push.shortcodeId);
  if (shortcode === undefined || shortcode.pullRegisteredAt === null) return undefined;
  const credentials = await openCredentials(t, push.shortcodeId);
  if (credentials === undefined) return undefined;
  const range = {
    from: instantFromEpochMs(fromMs),
    to: instantFromEpochMs(Math.min(toMs, nowMs)),
  };
  return { credentials, range, nowMs };
}

/** Other pushes that wait for their money or its receipt and that the same payment would fit too. */
async function countRivals(t: TenantHandle, push: SentCollection): Promise<number> {
  const alike = await findCollectionsLike(t, {
    ...{ shortcodeId: push.shortcodeId, receipt: '', amountCents: push.amountCents },
    ...{ reference: push.accountReference, occurredAt: push.sentAt },
  });
  const isRival = ({ id, msisdn, status, sentAt }: SealedCollection) =>
    id !== push.id &&
    msisdn === push.msisdn &&
    (isOpen(status) || status === 'paid') &&
    (sentAt === null || windowsMeet(sentAt, push.sentAt));
  return alike.filter(isRival).length;
}

function windowsMeet(one: Instant, other: Instant): boolean {
  const [a, b] = [paymentWindow(one), paymentWindow(other)];
  return a.fromMs <= b.toMs && b.fromMs <= a.toMs;
}

interface Found {
  push: SentCollection;
  finding: PullFinding;
  nowMs: number;
  scale: number;
}

async function hear(t: TenantHandle, { push, finding, ...time }: Found): Promise<AskOutcome> {
  const { id: collectionId } = push;
  const asked = await countAsk(t, collectionId);
  const noted = { asked, answer: finding.kind };
  await appendCollectionEvent(t, collectionId, { type: 'pulled', data: noted });
  switch (finding.kind) {
    case 'ambiguous':
      return { kind: 'pending' };
    case 'found': {
      const { receipt, amountCents, paidAt } = finding.payment;
      await addWitness(t, {
        ...{ collectionId, kind: 'pull', outcome: 'paid', code: '0', receipt, amountCents },
        ...(paidAt === undefined ? {} : { occurredAt: paidAt }),
      });
      const seen = { kind: 'pull', outcome: 'paid', receipt, amountCents };
      await appendCollectionEvent(t, collectionId, { type: 'witnessed', data: seen });
      return { kind: 'heard' };
    }
    case 'absent':
      return hearAbsence(t, push, time);
  }
}

async function hearAbsence(
  t: TenantHandle,
  { id: collectionId, sentAt }: SentCollection,
  { nowMs, scale }: { nowMs: number; scale: number },
): Promise<AskOutcome> {
  const before = await listWitnesses(t, collectionId);
  const first = before.find(({ kind, code }) => kind === 'pull' && code === notInPullCode);
  const worth = weighAbsence({
    ...{ nowMs, scale, sentMs: epochMsOf(sentAt) },
    firstAbsentMs: first && epochMsOf(first.observedAt),
  });
  if (worth === 'too-early') return { kind: 'pending' };
  const outcome = worth === 'final' ? 'failed' : 'pending';
  await addWitness(t, { collectionId, kind: 'pull', outcome, code: notInPullCode });
  if (outcome === 'pending') return { kind: 'pending' };
  const seen = { kind: 'pull', outcome, code: notInPullCode };
  await appendCollectionEvent(t, collectionId, { type: 'witnessed', data: seen });
  return { kind: 'heard' };
}

function noteLook(d: PullForPushDependencies, key: CollectionKey, answer: string): Promise<void> {
  return d.db.withTenant(key.tenantId, async (t) => {
    const asked = await countAsk(t, key.collectionId);
    await appendCollectionEvent(t, key.collectionId, { type: 'pulled', data: { asked, answer } });
  });
}
