/**
 * Keeps the list of what people are told: reads what happened, and notes it in the transaction that
 * notes the event, so that each is told once however often it comes.
 */
import { findDisbursement } from '../db/disbursements.ts';
import type { TenantHandle } from '../db/database.ts';
import { findDownload } from '../db/downloads.ts';
import { settleNotices, tellNotice, type Concerned } from '../db/notices.ts';
import { findBatch } from '../db/payout-batches.ts';
import { id, type TenantId } from '../domain/ids.ts';
import { meaningOfEvent, type Telling, type ToldEvent } from '../domain/notices/from-event.ts';
import { noticesChannel } from '../domain/redis-keys.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import type { Publisher } from './collection-live.ts';
import { runConsumer, type ConsumerDependencies } from './kafka/consumer.ts';

/** Starts the consumer of `domain-events` that tells people. */
export function startNotices(
  dependencies: ConsumerDependencies & { redis: Publisher },
): Promise<{ stop(): Promise<void> }> {
  return runConsumer(dependencies, {
    name: 'notices',
    topic: 'domain-events',
    async handle(t, { type, occurredAt, data }) {
      const at = instantFromEpochMs(Date.parse(occurredAt));
      const isNews = await noteEvent(t, { type, occurredAt: at, data });
      return isNews ? () => nudgeBells(dependencies.redis, t.tenantId) : undefined;
    },
  });
}

/** A Redis that is away costs a bell some seconds: it looks by itself then. */
export async function nudgeBells(redis: Publisher, tenantId: TenantId): Promise<void> {
  await redis.publish(noticesChannel(tenantId), '1').catch(() => {});
}

/** What an event means to people, stored; false when it means nothing to anybody. */
export async function noteEvent(t: TenantHandle, event: ToldEvent): Promise<boolean> {
  const meanings = meaningOfEvent(event);
  for (const meaning of meanings) {
    if ('settles' in meaning) await settleNotices(t, meaning.settles);
    else await tellNotice(t, meaning, await concernedBy(t, meaning));
  }
  return meanings.length > 0;
}

/** The event does not say who asked for what waits for approval, or for a file. */
async function concernedBy(t: TenantHandle, { tells, subjectId }: Telling): Promise<Concerned> {
  if (subjectId === null) return {};
  if (tells === 'payout-approval') {
    const payout = await findDisbursement(t, id('disbursement', subjectId));
    return { maker: payout?.requestedBy ?? null };
  }
  if (tells === 'download-ready') {
    const download = await findDownload(t, id('download', subjectId));
    return download === undefined ? {} : { audience: download.requestedBy };
  }
  if (tells !== 'batch-approval') return {};
  const batch = await findBatch(t, id('payoutBatch', subjectId));
  return { maker: batch?.submittedBy ?? batch?.requestedBy ?? null };
}
