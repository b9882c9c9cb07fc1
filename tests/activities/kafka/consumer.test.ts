import { randomUUID } from 'node:crypto';
import type { EventBus } from '../../../activities/kafka/event-bus.ts';
import { runConsumer, type EventConsumer } from '../../../activities/kafka/consumer.ts';
import type { Envelope } from '../../../activities/kafka/envelope.ts';
import { redriveDeadLetters } from '../../../activities/kafka/redrive.ts';
import { appendAudit } from '../../../db/audit.ts';
import { findDeadLetters } from '../../../db/dead-letters.ts';
import type { TenantId } from '../../../domain/ids.ts';
import { openTestBus, silentTelemetry } from '../../support/bus.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { aTenant } from '../../support/tenants.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let bus: EventBus;
let tenantId: TenantId;
const telemetry = silentTelemetry();

beforeAll(async () => {
  [database, bus] = await Promise.all([createTestDatabase(), openTestBus()]);
  tenantId = (await aTenant(database.db)).tenantId;
});

afterAll(async () => {
  await bus.close();
  await database.drop();
  await telemetry.stop();
});

function anEnvelope(mark: string, eventId = randomUUID()): Envelope {
  const occurredAt = new Date().toISOString();
  return { eventId, type: 'test.marked', version: 1, tenantId, occurredAt, data: { mark } };
}

/** A consumer whose effect is one audit entry that carries the mark of the event. */
function marking(
  name: string,
  fail: (mark: string, attempt: number) => boolean = () => false,
): EventConsumer {
  const attempts = new Map<string, number>();
  return {
    name,
    topic: 'domain-events',
    async handle(t, envelope) {
      const mark = String(envelope.data['mark']);
      const attempt = (attempts.get(mark) ?? 0) + 1;
      attempts.set(mark, attempt);
      await appendAudit(t, {
        actor: name,
        action: 'transaction.mark',
        objectKind: 'transaction',
        objectId: mark,
        detail: {},
      });
      if (fail(mark, attempt)) throw new Error(`no to ${mark}`);
      return undefined;
    },
  };
}

async function effectsOf(consumer: string): Promise<string[]> {
  const rows = await database.asOwner(
    'select object_id from shared.audit_log where actor = $1 order by seq',
    [consumer],
  );
  return rows.map((row) => String(row['object_id']));
}

function lettersOf(cause: string) {
  return database.db.asOperator('look at dead letters in a test', (o) =>
    findDeadLetters(o, { cause, limit: 50 }),
  );
}

test('an event that arrives three times has one effect', async () => {
  const name = `once-${randomUUID()}`;
  const envelope = anEnvelope('same');
  const consumer = await runConsumer(
    { bus, db: database.db, telemetry, now: Date.now },
    marking(name),
  );

  await bus.publish(
    'domain-events',
    [envelope, envelope, envelope].map((e) => ({ key: 'k', envelope: e })),
  );
  await bus.publish('domain-events', [{ key: 'k', envelope: anEnvelope('last') }]);
  await until(async () => (await effectsOf(name)).includes('last'));
  await consumer.stop();

  expect((await effectsOf(name)).filter((mark) => mark === 'same')).toHaveLength(1);
});

test('a second consumer of the group that comes and goes takes nothing and doubles nothing', async () => {
  const name = `shared-${randomUUID()}`;
  const dependencies = { bus, db: database.db, telemetry, now: Date.now };
  const marks = Array.from({ length: 90 }, (_, n) => `mark-${n}`);
  const publish = (some: readonly string[]) =>
    bus.publish(
      'domain-events',
      some.map((mark) => ({ key: mark, envelope: anEnvelope(mark) })),
    );
  const done = async () => (await effectsOf(name)).filter((mark) => mark.startsWith('mark-'));

  const first = await runConsumer(dependencies, marking(name));
  await publish(marks.slice(0, 30));
  await until(async () => (await done()).length > 0);
  const second = await runConsumer(dependencies, marking(name));
  await publish(marks.slice(30, 60));
  await until(async () => (await done()).length > 30, { withinMs: 40_000 });
  await second.stop();
  await publish(marks.slice(60));
  await until(async () => (await done()).length >= marks.length, { withinMs: 40_000 });
  await first.stop();

  expect((await done()).toSorted()).toEqual(marks.toSorted());
}, 120_000);

test('a handler that fails twice leaves one effect, and none of its failed tries', async () => {
  const name = `retry-${randomUUID()}`;
  const mark = randomUUID();
  const flaky = marking(name, (seen, attempt) => seen === mark && attempt <= 2);
  const consumer = await runConsumer({ bus, db: database.db, telemetry, now: Date.now }, flaky);

  await bus.publish('domain-events', [{ key: 'k', envelope: anEnvelope(mark) }]);
  await until(async () => (await effectsOf(name)).includes(mark));
  await consumer.stop();

  expect((await effectsOf(name)).filter((seen) => seen === mark)).toHaveLength(1);
});

test('a message that can never be handled is set aside and the ones behind it go on; redriven, it is handled', async () => {
  const name = `poison-${randomUUID()}`;
  const [bad, good] = [randomUUID(), randomUUID()];
  let isMended = false;
  const consumer = await runConsumer(
    { bus, db: database.db, telemetry, now: Date.now },
    marking(name, (seen) => seen === bad && !isMended),
  );
  await bus.publish(
    'domain-events',
    [bad, good].map((mark) => ({ key: 'k', envelope: anEnvelope(mark) })),
  );
  await until(async () => (await effectsOf(name)).includes(good), { withinMs: 30_000 });

  const letters = (await lettersOf('handler-failed')).filter((letter) => letter.consumer === name);
  expect(letters).toMatchObject([
    { topic: 'domain-events', attempts: 5, tenantId, detail: `no to ${bad}` },
  ]);
  expect(await effectsOf(name)).not.toContain(bad);

  isMended = true;
  const ids = letters.map((letter) => letter.id);
  await redriveDeadLetters({ db: database.db, bus }, { ids, limit: 10 });
  await until(async () => (await effectsOf(name)).includes(bad));
  await consumer.stop();

  expect((await lettersOf('handler-failed')).filter((letter) => letter.consumer === name)).toEqual(
    [],
  );
}, 60_000);

test('bytes that are no envelope are set aside by cause without a try', async () => {
  const name = `bytes-${randomUUID()}`;
  const after = randomUUID();
  const consumer = await runConsumer(
    { bus, db: database.db, telemetry, now: Date.now },
    marking(name),
  );
  const other = randomUUID();
  const raw = (value: string, headers = {}) =>
    bus.publishRaw('domain-events', { key: 'k', value: Buffer.from(value), headers });

  await raw('\u0000 not json');
  await raw('{"eventId":1}');
  await raw(JSON.stringify(anEnvelope('x')), { tenantId: other });
  await bus.publish('domain-events', [{ key: 'k', envelope: anEnvelope(after) }]);
  await until(async () => (await effectsOf(name)).includes(after));
  await consumer.stop();

  for (const cause of ['not-json', 'not-an-envelope', 'tenant-mismatch']) {
    expect((await lettersOf(cause)).filter((letter) => letter.consumer === name)).toHaveLength(1);
  }
}, 60_000);

test('an event of a tenant that does not exist has no effect and is set aside', async () => {
  const name = `stranger-${randomUUID()}`;
  const after = randomUUID();
  const consumer = await runConsumer(
    { bus, db: database.db, telemetry, now: Date.now },
    marking(name),
  );

  await bus.publish('domain-events', [
    { key: 'k', envelope: { ...anEnvelope('lost'), tenantId: randomUUID() } },
  ]);
  await bus.publish('domain-events', [{ key: 'k', envelope: anEnvelope(after) }]);
  await until(async () => (await effectsOf(name)).includes(after), { withinMs: 40_000 });
  await consumer.stop();

  expect(await effectsOf(name)).not.toContain('lost');
}, 60_000);
