import { randomUUID } from 'node:crypto';
import type { EventBus, OutgoingEvent } from '../../activities/kafka/event-bus.ts';
import { relayBatch, type RelayDependencies } from '../../activities/relay.ts';
import { appendEvents, appendWorkflowStart, openEventData } from '../../db/outbox.ts';
import type { TenantId } from '../../domain/ids.ts';
import { silentTelemetry } from '../support/bus.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';

let database: TestDatabase;
let tenantId: TenantId;
const telemetry = silentTelemetry();

beforeAll(async () => {
  database = await createTestDatabase();
  tenantId = (await aTenant(database.db)).tenantId;
});

beforeEach(() => database.asOwner('truncate shared.outbox'));

afterAll(() => database.drop());

interface Sent extends OutgoingEvent {
  topic: string;
}

/** A relay whose broker is a list; `isDown` makes it refuse. */
function aRelay(
  broker: { sent: Sent[]; isDown: boolean },
  overrides: Partial<RelayDependencies> = {},
): RelayDependencies {
  const bus: Pick<EventBus, 'publish'> = {
    async publish(topic, events) {
      if (broker.isDown) throw new Error('broker is down');
      broker.sent.push(...events.map((event) => ({ ...event, topic })));
    },
  };
  return {
    db: database.db,
    bus,
    telemetry,
    startWorkflow: async () => undefined,
    failpoint: async () => undefined,
    ...overrides,
  };
}

async function append(marks: readonly number[], isPersonal = false): Promise<void> {
  await database.db.withTenant(tenantId, (t) =>
    appendEvents(
      t,
      marks.map((mark) => ({
        topic: 'domain-events',
        key: 'k',
        type: 'test.marked',
        version: 1,
        isPersonal,
        data: { mark },
      })),
    ),
  );
}

function marksOf(sent: readonly Sent[]): unknown[] {
  return sent.map((event) => event.envelope.data['mark']);
}

test('rows leave in their order, once, with the tenant and the time of the change', async () => {
  const broker = { sent: [] as Sent[], isDown: false };
  await append([1, 2, 3]);
  await append([4]);

  expect(await relayBatch(aRelay(broker), 'event')).toBe(4);
  expect(await relayBatch(aRelay(broker), 'event')).toBe(0);

  expect(marksOf(broker.sent)).toEqual([1, 2, 3, 4]);
  expect(broker.sent[0]).toMatchObject({
    topic: 'domain-events',
    key: 'k',
    envelope: { tenantId, type: 'test.marked' },
  });
});

test('a broker that is down keeps the rows, and they go out in order when it is back', async () => {
  const broker = { sent: [] as Sent[], isDown: true };
  await append([1, 2]);

  await expect(relayBatch(aRelay(broker), 'event')).rejects.toThrow('broker is down');
  broker.isDown = false;
  await relayBatch(aRelay(broker), 'event');

  expect(marksOf(broker.sent)).toEqual([1, 2]);
  const [row] = await database.asOwner(
    'select attempts, last_error from shared.outbox order by seq limit 1',
  );
  expect(row).toMatchObject({ last_error: 'Error: broker is down' });
});

test('a relay that dies after publishing repeats the same event ids', async () => {
  const broker = { sent: [] as Sent[], isDown: false };
  await append([1]);
  const dying = aRelay(broker, { failpoint: () => Promise.reject(new Error('killed')) });

  await expect(relayBatch(dying, 'event')).rejects.toThrow('killed');
  expect(await relayBatch(aRelay(broker), 'event')).toBe(0);
  await database.asOwner("update shared.outbox set claimed_until = now() - interval '1 second'");
  await relayBatch(aRelay(broker), 'event');

  const ids = broker.sent.map((event) => event.envelope.eventId);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test('two relays at once never send the same row', async () => {
  const broker = { sent: [] as Sent[], isDown: false };
  await append(Array.from({ length: 40 }, (_, n) => n));

  await Promise.all([relayBatch(aRelay(broker), 'event'), relayBatch(aRelay(broker), 'event')]);

  expect(marksOf(broker.sent).sort()).toEqual([...new Set(marksOf(broker.sent))].sort());
  expect(broker.sent).toHaveLength(40);
});

test('personal data is sealed in the table and on the wire', async () => {
  const broker = { sent: [] as Sent[], isDown: false };
  await database.db.withTenant(tenantId, (t) =>
    appendEvents(t, [
      {
        topic: 'transactions.raw',
        key: 'k',
        type: 'x',
        version: 1,
        isPersonal: true,
        data: { name: 'CANARY WANJIKU' },
      },
    ]),
  );

  const [stored] = await database.asOwner('select data::text as data from shared.outbox');
  await relayBatch(aRelay(broker), 'event');

  expect(String(stored?.['data'])).not.toContain('CANARY');
  expect(JSON.stringify(broker.sent)).not.toContain('CANARY');
  const sealed = broker.sent[0]?.envelope.data ?? {};
  const opened = await database.db.withTenant(tenantId, async (t) => openEventData(t, sealed));
  expect(opened).toEqual({ name: 'CANARY WANJIKU' });
});

test('a workflow start waits for Temporal without holding events back', async () => {
  const broker = { sent: [] as Sent[], isDown: false };
  const workflowId = `statement/${tenantId}/${randomUUID()}`;
  await database.db.withTenant(tenantId, (t) =>
    appendWorkflowStart(t, { workflow: 'ingestStatement', workflowId }),
  );
  await append([1]);
  const started: string[] = [];
  const down = aRelay(broker, {
    startWorkflow: () => Promise.reject(new Error('Temporal is down')),
  });
  const up = aRelay(broker, { startWorkflow: async (row) => void started.push(row.key) });

  await expect(relayBatch(down, 'workflow')).rejects.toThrow('Temporal is down');
  await relayBatch(down, 'event');
  await relayBatch(up, 'workflow');

  expect(marksOf(broker.sent)).toEqual([1]);
  expect(started).toEqual([workflowId]);
});
