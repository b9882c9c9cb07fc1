/**
 * Recording a request for money and starting its run: the intent and the start are one transaction,
 * so a push is never sent that is not recorded, and never forgotten once it is.
 */
import { insertCollection, findCollection, type NewCollection } from '../../db/collections.ts';
import type { Collection } from '../../db/collection-record.ts';
import type { TenantHandle } from '../../db/database.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import { findShortcode } from '../../db/shortcodes.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { maskMsisdn } from '../../domain/daraja/msisdn.ts';
import {
  toPublicId,
  type CollectionId,
  type ShortcodeId,
  type TenantId,
} from '../../domain/ids.ts';
import { formatMoney } from '../../domain/money.ts';
import type { UpdateOutcome } from '../../temporal/client.ts';
import { collectionWorkflowId } from '../../temporal/workflow-ids.ts';
import type { Acceptance, CollectionStart } from '../../workflows/collection-types.ts';
import type { Dependencies } from '../dependencies.ts';
import { problem, wrongField, type Problem } from '../problems.ts';
import type { Call } from '../route.ts';

export type Wish = Omit<NewCollection, 'workflowId' | 'msisdnMasked'>;

export interface Recorded {
  collection: Collection;
  start: CollectionStart;
}

/** Refuses a shortcode that cannot prompt anybody now. */
export async function shortcodeProblem(
  t: TenantHandle,
  shortcodeId: ShortcodeId,
): Promise<Problem | undefined> {
  const shortcode = await findShortcode(t, shortcodeId);
  if (shortcode === undefined) {
    return wrongField('/shortcodeId', 'is not one of yours');
  }
  const isReady = shortcode.status === 'active' && shortcode.credentialsVersion > 0;
  return isReady ? undefined : problem('shortcode-not-ready');
}

/** Records the intent together with the start of its run; a repeat finds what it recorded before. */
export async function recordCollection(
  t: TenantHandle,
  wish: Wish,
  asked: Pick<Call, 'dependencies' | 'traceparent'>,
): Promise<Recorded> {
  const { config } = asked.dependencies;
  const { id: collectionId } = wish;
  const { tenantId } = t;
  const workflowId = collectionWorkflowId({ tenantId, collectionId });
  const msisdnMasked = maskMsisdn(wish.msisdn);
  const isNew = await insertCollection(t, { ...wish, workflowId, msisdnMasked });
  const start: CollectionStart = {
    ...{ workflow: 'collectByStk', workflowId, tier: await tierOf(t) },
    summary: `Collect ${formatMoney(wish.amountCents)} for ${toPublicId('collection', collectionId)}`,
    input: { tenantId, collectionId, timeScale: config.daraja.timeScale },
  };
  if (isNew) await appendWorkflowStart(t, start, asked.traceparent);
  const collection = await findCollection(t, collectionId);
  if (collection === undefined) throw new Error('an insert was lost');
  return { collection, start };
}

/** How long a caller waits for the provider's word before it is told to come back. */
const acceptanceMs = 8_000;

/**
 * Starts the run at once and waits for the provider's acceptance; the collection as it then stands.
 * Whatever goes wrong here goes right later: the start is in the outbox.
 */
export async function acceptanceOf(
  dependencies: Dependencies,
  { start, collection }: Recorded,
): Promise<{ isAnswered: boolean; collection: Collection }> {
  const asking = startAndAsk(dependencies, start, collection.id);
  const isAnswered = await Promise.race([
    asking,
    new Promise<boolean>((settle) => setTimeout(() => settle(false), acceptanceMs).unref()),
  ]);
  const current = await load(dependencies, start.input.tenantId, collection.id);
  return { isAnswered, collection: current ?? collection };
}

async function startAndAsk(
  { temporal, telemetry }: Dependencies,
  start: CollectionStart,
  collectionId: CollectionId,
): Promise<boolean> {
  try {
    const outcome: UpdateOutcome<Acceptance> = await temporal.startAndAsk(start, {
      ...{ name: 'awaitAcceptance', input: {}, requestId: collectionId },
    });
    return outcome.kind === 'answered' && outcome.verdict.kind !== 'silent';
  } catch (error) {
    telemetry.log.error({ event: 'startLeftToRelay', workflowId: start.workflowId, err: error });
    return false;
  }
}

function load(
  { db }: Dependencies,
  tenantId: TenantId,
  collectionId: CollectionId,
): Promise<Collection | undefined> {
  return db.withTenant(tenantId, (t) => findCollection(t, collectionId), { readOnly: true });
}
