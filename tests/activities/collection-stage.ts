/** One tenant with one shortcode over a real database, and what the outside says to it. */
import { randomUUID } from 'node:crypto';
import { callbackHandlers, type Callback } from '../../activities/callbacks.ts';
import { takeCollectionCallbacks } from '../../activities/collection-callbacks.ts';
import { settleCollection } from '../../activities/collection-settlement.ts';
import { addWitness, type NewWitness } from '../../db/collection-witnesses.ts';
import { findCollection } from '../../db/collections.ts';
import type { TenantHandle } from '../../db/database.ts';
import { balanceOf } from '../../db/ledger.ts';
import { id, type CollectionId, type ShortcodeId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aTenant, type TestTenant } from '../db/fixture.ts';
import { aPromptedCollection, aShortcode } from '../support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

export interface CollectionStage {
  base: TestDatabase;
  tenant: TestTenant;
  shortcodeId: ShortcodeId;
}

/** A stage whose tenant is a new one in every test; its invariants hold at the end. */
export function collectionStage(): CollectionStage {
  const stage = {} as CollectionStage;
  beforeAll(async () => {
    stage.base = await createTestDatabase();
  });
  beforeEach(async () => {
    stage.tenant = await aTenant(stage.base.db);
    stage.shortcodeId = await inTenant(stage, (t) => aShortcode(t));
  });
  afterAll(async () => {
    expect(await stage.base.invariants()).toEqual([]);
    await stage.base.drop();
  });
  return stage;
}

export function inTenant<Result>(
  { base, tenant }: CollectionStage,
  work: (t: TenantHandle) => Promise<Result>,
): Promise<Result> {
  return base.db.withTenant(tenant.tenantId, work);
}

/** What a test does on a stage. */
export function deedsOn(stage: CollectionStage) {
  return {
    prompted: (wish: Partial<Parameters<typeof aPromptedCollection>[1]> = {}) =>
      inTenant(stage, (t) => aPromptedCollection(t, { shortcodeId: stage.shortcodeId, ...wish })),
    settle: (collectionId: CollectionId, nowMs = Date.now()) => {
      const workflowId = `collection/${stage.tenant.tenantId}/${collectionId}`;
      const settling = { collectionId, workflowId, nowMs, timeScale: 1 };
      return inTenant(stage, (t) => settleCollection(t, settling));
    },
    witness: (said: NewWitness) => inTenant(stage, (t) => addWitness(t, said)),
    collectionNow: (collectionId: CollectionId) =>
      inTenant(stage, (t) => findCollection(t, collectionId)),
    balances: () =>
      inTenant(stage, async (t) => {
        const owner = stage.shortcodeId;
        return {
          utility: (await balanceOf(t, { kind: 'utility', owner })).balanceCents,
          suspense: (await balanceOf(t, { kind: 'suspense', owner })).balanceCents,
        };
      }),
    eventsOf: (type: string) =>
      stage.base.asOwner('select data from shared.outbox where tenant_id = $1 and type = $2', [
        stage.tenant.tenantId,
        type,
      ]),
    post: (letter: 's' | 'c', targetId: string, body: unknown) => {
      const handlers = callbackHandlers();
      takeCollectionCallbacks(handlers);
      const [taker] = handlers.handlersOf(letter);
      if (taker === undefined) throw new Error('nobody takes this letter');
      const callback: Callback = {
        ...{ id: id('callback', randomUUID()), letter, targetId, body },
        receivedAt: instantFromEpochMs(Date.now()),
      };
      return inTenant(stage, (t) => taker.handler(t, callback));
    },
  };
}
