import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { startCallbackDrainer } from '../../activities/callback-drainer.ts';
import { drainCallbacks, type DrainDependencies } from '../../activities/callback-drain.ts';
import { drainMetrics } from '../../activities/callback-metrics.ts';
import { callbackHandlers, type CallbackHandler } from '../../activities/callbacks.ts';
import { noFailpoint } from '../../activities/failpoint.ts';
import { appendCallbacks } from '../../db/callbacks.ts';
import type { TenantHandle } from '../../db/database.ts';
import type { HookLetter } from '../../db/shortcode-tables.ts';
import { id, type TenantId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { createTelemetry } from '../../telemetry.ts';
import type { MessageOutcome } from '../../temporal/client.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { strikeAt } from '../support/failpoints.ts';
import { stkBody } from '../support/hook-bodies.ts';
import { serviceVariable } from '../support/services.ts';
import { aTenant } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let base: TestDatabase;
let tenantId: TenantId;
let told: { workflowId: string; name: string }[];
let started: string[];
let answerOfTemporal: MessageOutcome;
let handler: CallbackHandler;
let deps: DrainDependencies;
let logs: string[];

beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(async () => {
  await base.drop();
});
beforeEach(async () => {
  await base.asOwner('truncate shared.callback_inbox, shared.outbox');
  ({ tenantId } = await aTenant(base.db));
  [told, started, logs, answerOfTemporal] = [[], [], [], 'delivered'];
  handler = async (_t, callback) => ({ state: 'recorded', ...tellOf(callback.targetId) });
  deps = dependencies();
});

const tellOf = (targetId: string) => ({
  tell: {
    workflowId: `collection/${targetId}`,
    signal: { name: 'witnessed', input: { witnessId: targetId } },
  },
});

function dependencies(): DrainDependencies {
  const telemetry = createTelemetry({
    service: 'drain-test',
    config: { logLevel: 'debug', otlpEndpoint: undefined },
    destination: { write: (line: string) => void logs.push(line) },
  });
  const handlers = callbackHandlers();
  handlers.registerCallbackHandler('s', 'first', async () => ({ state: 'not-mine' }));
  handlers.registerCallbackHandler('s', 'second', (t, callback) => handler(t, callback));
  return {
    ...{ db: base.db, handlers, telemetry, failpoint: noFailpoint, nowMs: Date.now },
    metrics: drainMetrics(new Registry()),
    gateway: {
      tell: async (workflowId, { name }) => {
        if (answerOfTemporal === 'delivered') told.push({ workflowId, name });
        return answerOfTemporal;
      },
    },
    startLate: async (_tenantId, late) => void started.push(String(late['workflowId'])),
  };
}

async function arrive(
  body: unknown = stkBody(),
  { letter = 's' as HookLetter, targetId = randomUUID() as string, ageMs = 0 } = {},
): Promise<string> {
  const callbackId = id('callback', randomUUID());
  await base.db.withTenant(tenantId, (t) =>
    appendCallbacks(t, [
      {
        ...{ id: callbackId, letter, targetId, arrivedBy: 'request' },
        body: Buffer.from(JSON.stringify(body)),
        receivedAt: instantFromEpochMs(Date.now() - ageMs),
      },
    ]),
  );
  return targetId;
}

const rows = () =>
  base.asOwner(
    `select target_id, status, cause, attempts, claimed_until, delivered_at is not null as done
     from shared.callback_inbox order by received_at, id`,
  );
const dueNow = () =>
  base.asOwner(
    // Milliseconds round up, and what is due a moment later is not due.
    `update shared.callback_inbox set available_at = now() - interval '1 s', claimed_until = null`,
  );

describe('the drainer', () => {
  test('records a callback, signals its run and marks it delivered', async () => {
    const targetId = await arrive();
    await drainCallbacks(deps);

    expect(told).toEqual([{ workflowId: `collection/${targetId}`, name: 'witnessed' }]);
    expect(await rows()).toMatchObject([{ status: 'delivered', done: true }]);
    expect(await drainCallbacks(deps)).toBe(0);
  });

  test('a closed run starts its late path instead (C10)', async () => {
    const targetId = await arrive();
    const late = { workflowId: `collection-late/${targetId}` } as unknown as WorkflowStart;
    handler = async () => ({ state: 'recorded', ...tellOf(targetId), late });
    answerOfTemporal = 'closed';
    await drainCallbacks(deps);

    expect(started).toEqual([`collection-late/${targetId}`]);
    expect(await rows()).toMatchObject([{ status: 'delivered' }]);
  });

  test('a signal Temporal does not take is delivered when it does, without recording twice', async () => {
    let recordings = 0;
    const targetId = await arrive();
    handler = async () => {
      recordings += 1;
      return { state: 'recorded', ...tellOf(targetId) };
    };
    answerOfTemporal = 'unavailable';
    await drainCallbacks(deps);
    expect(await rows()).toMatchObject([{ status: 'recorded', attempts: 1 }]);
    answerOfTemporal = 'delivered';
    await dueNow();
    await drainCallbacks(deps);

    expect({ recordings, told: told.length }).toEqual({ recordings: 1, told: 1 });
    expect(await rows()).toMatchObject([{ status: 'delivered' }]);
  });

  test.each(['cb.afterRecordBeforeTell', 'cb.afterTellBeforeMark'] as const)(
    'a crash at %s leaves the callback for the next lease, recorded once',
    async (name) => {
      let recordings = 0;
      const targetId = await arrive();
      handler = async () => {
        recordings += 1;
        return { state: 'recorded', ...tellOf(targetId) };
      };
      await drainCallbacks({ ...deps, failpoint: strikeAt(name) });
      expect(await rows()).toMatchObject([{ status: 'recorded' }]);
      await dueNow();
      await drainCallbacks(deps);

      expect(recordings).toBe(1);
      expect(told.length).toBeGreaterThanOrEqual(1);
      expect(await rows()).toMatchObject([{ status: 'delivered' }]);
    },
  );

  test('what nobody knows is set aside with an event, a log line and no effect (C3)', async () => {
    handler = async () => ({ state: 'not-mine' });
    await arrive();
    await arrive({}, { letter: 'b' });
    await drainCallbacks(deps);
    const events = await base.asOwner(`select type, data from shared.outbox`);

    expect(await rows()).toMatchObject([
      { status: 'quarantined', cause: 'unknown-target' },
      { status: 'quarantined', cause: 'unknown-target' },
    ]);
    expect(events).toMatchObject([
      { type: 'callback.quarantined' },
      { type: 'callback.quarantined' },
    ]);
    expect(told).toEqual([]);
    expect(logs.join('')).toContain('callbackQuarantined');
  });

  test('a contradiction is set aside with the cause its handler names (C4, C5, C11, C17)', async () => {
    handler = async () => ({ state: 'quarantined', cause: 'amount-differs' });
    await arrive();
    await drainCallbacks(deps);

    expect(await rows()).toMatchObject([{ status: 'quarantined', cause: 'amount-differs' }]);
  });

  test('a callback before its request waits for it (C9, F21)', async () => {
    let isKnown = false;
    const targetId = await arrive();
    handler = async () =>
      isKnown
        ? { state: 'recorded', ...tellOf(targetId) }
        : { state: 'waiting', cause: 'request-unknown' };
    await drainCallbacks(deps);
    expect(await rows()).toMatchObject([{ status: 'pending', attempts: 1 }]);
    isKnown = true;
    await until(async () => {
      await drainCallbacks(deps);
      return told.length === 1;
    });
  });

  test('and is set aside when the request has not come after a quarter of an hour', async () => {
    handler = async () => ({ state: 'waiting', cause: 'request-unknown' });
    await arrive(stkBody(), { ageMs: 16 * 60_000 });
    await drainCallbacks(deps);

    expect(await rows()).toMatchObject([{ status: 'quarantined', cause: 'request-unknown' }]);
  });

  test('a handler that fails is asked again ever more slowly, and its writes are undone', async () => {
    handler = async (t: TenantHandle) => {
      await t.query.updateTable('callback_inbox').set({ last_error: 'half done' }).execute();
      throw new Error('no');
    };
    await arrive();
    await drainCallbacks(deps);
    const [first] = await base.asOwner(
      `select attempts, last_error, available_at > now() as later from shared.callback_inbox`,
    );
    expect(first).toEqual({ attempts: 1, last_error: 'Error: no', later: true });

    for (let n = 0; n < 11; n += 1) {
      await dueNow();
      await drainCallbacks(deps);
    }
    expect(await rows()).toMatchObject([{ status: 'quarantined', cause: 'handler-failed' }]);
  });

  test('one callback that fails holds up none of the others', async () => {
    const bad = await arrive();
    handler = async (_t, { targetId }) => {
      if (targetId === bad) throw new Error('no');
      return { state: 'recorded', ...tellOf(targetId) };
    };
    for (let n = 0; n < 20; n += 1) await arrive();
    await drainCallbacks(deps);

    expect(told).toHaveLength(20);
  });

  test('a place that cannot be reached holds up no other, and is told of in the end', async () => {
    await arrive();
    const { db } = base;
    const places: typeof db.places = async () => ['d_gone', 'shared'];
    const asOperator: typeof db.asOperator = (reason, work, place) =>
      place === 'd_gone' ? Promise.reject(new Error('gone')) : db.asOperator(reason, work, place);
    const withTenant: typeof db.withTenant = (...args) => db.withTenant(...args);
    const drained = drainCallbacks({ ...deps, db: { places, asOperator, withTenant } });

    await expect(drained).rejects.toThrow('some inboxes');
    expect(told).toHaveLength(1);
  });

  test('several drainers share the inbox without handling a callback twice', async () => {
    const handled: string[] = [];
    handler = async (_t, { targetId }) => {
      handled.push(targetId);
      return { state: 'recorded', ...tellOf(targetId) };
    };
    for (let n = 0; n < 100; n += 1) await arrive();
    const drainers = [dependencies(), dependencies(), dependencies()];
    await until(async () => {
      await Promise.all(drainers.map(drainCallbacks));
      return handled.length >= 100;
    });

    expect(new Set(handled).size).toBe(100);
    expect(handled).toHaveLength(100);
  });

  test('a lease that ran out is taken over', async () => {
    await arrive();
    await base.asOwner(
      `update shared.callback_inbox set claimed_until = now() - interval '1 second'`,
    );
    await drainCallbacks(deps);

    expect(told).toHaveLength(1);
  });

  test('rings through Redis, and looks by itself without it', async () => {
    const url = serviceVariable('REDIS_URL');
    const redis = new Redis(url, { maxRetriesPerRequest: 1 });
    const drainer = startCallbackDrainer({ ...deps, db: base.db, redis });
    try {
      await arrive();
      await until(() => told.length === 1);
      await arrive();
      await redis.publish('sys:callbacks', '');
      await until(() => told.length === 2, { everyMs: 5 });
    } finally {
      await drainer.stop();
      redis.disconnect();
    }
  });
});
