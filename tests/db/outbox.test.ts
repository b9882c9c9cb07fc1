import { randomUUID } from 'node:crypto';
import { recordConsumed } from '../../db/consumed-events.ts';
import { findDeadLetters, insertDeadLetter, markRedriven } from '../../db/dead-letters.ts';
import {
  appendEvents,
  appendWorkflowStart,
  claimUnpublished,
  markPublished,
  openEventData,
  outboxBacklog,
  releaseClaim,
  sweepPublished,
} from '../../db/outbox.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from './fixture.ts';
import type { TestTenant } from './fixture.ts';

let base: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  await base.asOwner('delete from shared.outbox');
  tenant = await aTenant(base.db);
});
afterAll(() => base.drop());

const append = (count: number, isPersonal = false) =>
  base.db.withTenant(tenant.tenantId, (t) =>
    appendEvents(
      t,
      Array.from({ length: count }, (_, n) => ({
        topic: 'transactions.raw',
        key: 'a:b',
        type: 'transactions.posted',
        version: 1,
        isPersonal,
        data: { n, name: 'WANJIKU' },
      })),
      { traceparent: '00-abc' },
    ),
  );
const claim = (limit = 10, leaseSeconds = 30) =>
  base.db.asOperator('relay', (o) => claimUnpublished(o, { kind: 'event', limit, leaseSeconds }));

function operate<T>(work: Parameters<typeof base.db.asOperator<T>>[1]): Promise<T> {
  return base.db.asOperator('test', work);
}

describe('the outbox', () => {
  test('gives rows out in order, each to one relay at a time', async () => {
    await append(5);
    const first = await claim(3);
    const second = await claim(3);

    expect(first.map(({ data }) => data['n'])).toEqual([0, 1, 2]);
    expect(first[0]).toMatchObject({
      tenantId: tenant.tenantId,
      kind: 'event',
      type: 'transactions.posted',
      traceparent: '00-abc',
    });
    expect(second).toEqual([]);

    await operate((o) =>
      markPublished(
        o,
        first.map(({ seq }) => seq),
      ),
    );
    expect((await claim(3)).map(({ data }) => data['n'])).toEqual([3, 4]);
  });

  test('relays that ask at the same moment never get the same row', async () => {
    await append(20);
    const claims = await Promise.all([1, 2, 3, 4, 5].map(() => claim(20)));
    expect(claims.map((rows) => rows.length).sort((a, b) => a - b)).toEqual([0, 0, 0, 0, 20]);
  });

  test('a relay that died loses its lease, and its rows go out again', async () => {
    await append(2);
    await claim(2, 0);
    expect(await claim(2)).toHaveLength(2);
  });

  test('rows given back keep the error and can be leased at once', async () => {
    await append(1);
    const rows = await claim();
    await operate((o) =>
      releaseClaim(
        o,
        rows.map(({ seq }) => seq),
        'broker away',
      ),
    );
    const stored = await base.asOwner('select attempts, last_error from shared.outbox');
    expect(stored).toEqual([{ attempts: 1, last_error: 'broker away' }]);
    expect(await claim()).toHaveLength(1);
  });

  test('an event whose transaction fails never leaves', async () => {
    const failed = base.db.withTenant(tenant.tenantId, async (t) => {
      await appendWorkflowStart(t, { workflow: 'ingestStatement', workflowId: 'w' });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await operate(outboxBacklog)).toEqual({ count: 0, ageSeconds: 0 });
  });

  test('events and workflow starts do not wait for each other', async () => {
    await append(1);
    const start = { workflow: 'ingestStatement', workflowId: 'w/1', input: { a: 1 } };
    await base.db.withTenant(tenant.tenantId, (t) => appendWorkflowStart(t, start));
    expect(await claim()).toHaveLength(1);
    const starts = await operate((o) =>
      claimUnpublished(o, { kind: 'workflow', limit: 5, leaseSeconds: 30 }),
    );
    expect(starts).toMatchObject([{ type: 'ingestStatement', key: 'w/1', data: start }]);
  });

  test('personal data is stored sealed and opens for its tenant only', async () => {
    await append(1, true);
    const stored = await base.asOwner('select data::text from shared.outbox');
    expect(String(stored[0]?.['data'])).not.toContain('WANJIKU');

    const [row] = await claim();
    const data = row?.data ?? {};
    const opened = await base.db.withTenant(tenant.tenantId, async (t) => openEventData(t, data));
    expect(opened).toEqual({ n: 0, name: 'WANJIKU' });

    const stranger = await aTenant(base.db);
    const stolen = base.db.withTenant(stranger.tenantId, async (t) => openEventData(t, data));
    await expect(stolen).rejects.toThrow('could not be opened');
  });

  test('published rows are forgotten after their time, waiting rows never', async () => {
    await append(2);
    const [first] = await claim(1);
    await operate((o) => markPublished(o, [first?.seq ?? 0]));
    await base.asOwner(
      `update shared.outbox set published_at = now() - interval '8 days' where published_at is not null`,
    );
    expect(await operate((o) => sweepPublished(o, 7))).toBe(1);
    expect((await operate(outboxBacklog)).count).toBe(1);
  });

  test('what waits longer than 15 minutes is a broken promise', async () => {
    await append(1);
    expect(await base.invariants()).toEqual([]);
    await base.asOwner(`update shared.outbox set occurred_at = now() - interval '16 minutes'`);
    expect(await base.invariants()).toMatchObject([{ invariant: 'outbox-is-published' }]);
  });
});

describe('consumed events', () => {
  test('an event is new to each consumer once, also when it arrives twice at once', async () => {
    const eventId = randomUUID();
    const consume = (consumer: string) =>
      base.db.withTenant(tenant.tenantId, (t) => recordConsumed(t, consumer, eventId));

    const both = await Promise.all([consume('categorizer'), consume('categorizer')]);
    expect(both.sort()).toEqual([false, true]);
    await expect(consume('analytics')).resolves.toBe(true);
  });

  test('an effect that fails leaves the event new', async () => {
    const eventId = randomUUID();
    const failed = base.db.withTenant(tenant.tenantId, async (t) => {
      await recordConsumed(t, 'categorizer', eventId);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    const again = base.db.withTenant(tenant.tenantId, (t) =>
      recordConsumed(t, 'categorizer', eventId),
    );
    await expect(again).resolves.toBe(true);
  });
});

describe('dead letters', () => {
  const letter = {
    topic: 'transactions.raw',
    partition: 3,
    offset: '42',
    consumer: 'categorizer',
    cause: 'handler-failed',
    detail: 'bad \0 bytes and \ud800',
    attempts: 5,
    key: null,
    payload: Buffer.from([0, 255, 1]),
    headers: { odd: 'a\0b' },
    tenantId: 'not a tenant',
    failedAtEpochMs: Date.UTC(2026, 0, 1),
  };

  test('keep any bytes, count repeats once each, and leave the list when redriven', async () => {
    await operate((o) => insertDeadLetter(o, letter));
    await operate((o) => insertDeadLetter(o, letter));

    const found = await operate((o) => findDeadLetters(o, { cause: 'handler-failed', limit: 9 }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ offset: 42, attempts: 10, tenantId: null, redrivenAt: null });
    expect(found[0]?.payload).toEqual(letter.payload);

    const ids = found.map((one) => one.id);
    await operate((o) => markRedriven(o, ids[0] ?? ''));
    await expect(operate((o) => findDeadLetters(o, { ids, limit: 9 }))).resolves.toEqual([]);
  });
});
