/** The database steps of money in, as its workflows call them. */
import { appendAudit } from '../db/audit.ts';
import { noteUnpaidEnd } from '../db/collection-ends.ts';
import { appendCollectionEvent } from '../db/collection-events.ts';
import { lockCollection, patchCollection } from '../db/collections.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import type { CollectionId } from '../domain/ids.ts';
import { appendEvents } from '../db/outbox.ts';
import { isOpen } from '../domain/collections/terms.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import { startBatchRows } from './collection-batches.ts';
import { announceCollection, type Publisher } from './collection-live.ts';
import { savePrompt } from './collection-push.ts';
import { settleCollection, standingOf } from './collection-settlement.ts';
import type {
  CollectionKey,
  CollectionSteps,
  EndUnpaidInput,
  Standing,
} from './collection-steps.ts';
import { permanentFault } from './faults.ts';
import { allocateReceived } from './received-payments.ts';

export interface CollectionDependencies {
  db: Database;
  redis: Publisher;
  nowMs: () => number;
  timeScale: number;
}

/** Builds the steps of collections, arrivals and batches. */
export function createCollectionActivities(d: CollectionDependencies): CollectionSteps {
  const { db, nowMs, timeScale } = d;
  return {
    savePrompt: (prompt) => savePrompt(db, prompt),
    async settleCollection({ tenantId, collectionId, workflowId }) {
      const settling = { collectionId, workflowId, nowMs: nowMs(), timeScale };
      const standing = await db.withTenant(tenantId, (t) => settleCollection(t, settling));
      announceCollection(d.redis, { tenantId, collectionId });
      return standing;
    },
    async endUnpaid(input) {
      const standing = await endUnpaid(d, input);
      announceCollection(d.redis, input);
      return standing;
    },
    async markUnresolved(key) {
      await markUnresolved(d, key);
      announceCollection(d.redis, key);
    },
    handOver: (key) => handOver(d, key),
    allocateReceived: (input) =>
      db.withTenant(input.tenantId, (t) =>
        allocateReceived(t, { ...input, nowMs: nowMs(), timeScale }),
      ),
    startBatchRows: (input) =>
      db.withTenant(input.tenantId, (t) =>
        startBatchRows(t, { ...input, timeScale, nowMs: nowMs() }),
      ),
  };
}

/** Ends what nobody paid; a collection that turned out to be paid stays so. */
function endUnpaid(d: CollectionDependencies, input: EndUnpaidInput): Promise<Standing> {
  const { tenantId, collectionId, status, code, words } = input;
  return d.db.withTenant(tenantId, async (t) => {
    const before = await lockCollection(t, collectionId);
    if (before === undefined) throw missing(collectionId);
    if (!isOpen(before.status)) return standingOf(before);
    const change = { status, resultCode: code, resultDetail: words };
    const ended = await patchCollection(t, collectionId, change);
    if (ended === undefined) throw missing(collectionId);
    await noteUnpaidEnd(t, ended);
    await noteActor(t, ended.id, input);
    return standingOf(ended);
  });
}

/** Who stopped it is kept in the audit trail. */
async function noteActor(t: TenantHandle, collectionId: CollectionId, input: EndUnpaidInput) {
  if (input.status !== 'cancelled') return;
  const { actor } = input;
  const object = { objectKind: 'collection', objectId: collectionId } as const;
  await appendAudit(t, { actor, action: 'collection.cancel', ...object });
}

function markUnresolved(d: CollectionDependencies, key: CollectionKey): Promise<void> {
  return d.db.withTenant(key.tenantId, async (t) => {
    const marked = await patchCollection(t, key.collectionId, {
      status: 'unknown',
      whenStatus: ['sending', 'prompted'],
    });
    if (marked === undefined) return;
    await appendCollectionEvent(t, key.collectionId, { type: 'unresolved', data: {} });
  });
}

/** From here on reconciliation has it: pull, statements and people. */
function handOver(d: CollectionDependencies, { tenantId, collectionId }: CollectionKey) {
  return d.db.withTenant(tenantId, async (t) => {
    const handed = await patchCollection(t, collectionId, {
      handedOverAt: instantFromEpochMs(d.nowMs()),
      whenStatus: ['unknown'],
    });
    if (handed === undefined) return;
    await appendCollectionEvent(t, collectionId, { type: 'handed-over', data: {} });
    const { amountCents } = handed;
    await appendEvents(t, [
      {
        topic: 'domain-events',
        key: `${tenantId}:${collectionId}`,
        type: 'collection.unresolved',
        version: 1,
        isPersonal: false,
        data: { collectionId, amountCents, currency: 'KES' },
      },
    ]);
  });
}

function missing(collectionId: string) {
  return permanentFault(failureTypes.collectionMissing, `no collection ${collectionId}`);
}
