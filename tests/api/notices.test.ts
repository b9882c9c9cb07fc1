import { randomUUID } from 'node:crypto';
import { noteEvent, startNotices } from '../../activities/notices.ts';
import type { EventBus } from '../../activities/kafka/event-bus.ts';
import { notice, noticePage, unreadNotices } from '../../api/notices/schema.ts';
import { sweepNotices } from '../../db/notices.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import { openTestBus, silentTelemetry } from '../support/bus.ts';
import { aShortcode } from '../support/collections.ts';
import { aPayout } from '../support/payouts.ts';
import { post, rows } from '../support/api-statements.ts';
import { settleIn } from '../support/tiers.ts';
import type { Somebody } from '../support/tenants.ts';
import { until } from '../support/until.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

type Data = Record<string, unknown>;
const uuid = () => randomUUID();
const occurredAt = instantFromEpochMs(Date.UTC(2026, 10, 20, 9));
const happen = ({ tenantId }: Somebody, type: string, data: Data = {}) =>
  stage.database.db.withTenant(tenantId, (t) => noteEvent(t, { type, occurredAt, data }));
const list = async (token: string, more = '') =>
  noticePage.parse((await stage.fetch(`/v1/notices${more}`, { token })).body);
const kindsOf = async (token: string, more = '') =>
  (await list(token, more)).data.map(({ kind }) => kind);
const unread = async (token: string) =>
  unreadNotices.parse((await stage.fetch('/v1/notices/unread', { token })).body).count;
const read = (token: string, json: object) => stage.fetch('/v1/notices/read', { token, json });

describe.each(['starter', 'pro'] as const)('notices of a business of the tier %s', (tier) => {
  let somebody: Somebody;
  let owner: string;

  beforeAll(async () => {
    somebody = await stage.tenant();
    await settleIn(stage.database, somebody.tenantId, tier);
    owner = await stage.token(somebody);
  });

  test('name the file they are about, latest first, page by page', async () => {
    const { statementId } = await post(stage, somebody, { rows });
    await happen(somebody, 'statement.needs_review', { statementId, rowCount: 4 });
    await happen(somebody, 'statement.posted', { statementId, verdict: 'proven', rowCount: 4 });

    const first = await list(owner, '?limit=1');
    const cursor = encodeURIComponent(first.nextCursor ?? '');
    const second = await list(owner, `?limit=1&cursor=${cursor}`);

    expect(first.data[0]).toMatchObject({
      ...{ kind: 'statement-posted', name: 'january.pdf', isRead: false, isSettled: false },
      ...{ subjectId: toPublicId('statement', statementId), figures: { verdict: 'proven' } },
    });
    // What waited for a review was posted: it is over, and no longer counted.
    expect(second.data[0]).toMatchObject({ kind: 'statement-review', isSettled: true });
    expect(await unread(owner)).toBe(1);
  });

  test('are read one by one or all at once, by each person for themselves', async () => {
    await read(owner, {});
    await happen(somebody, 'collection.unresolved', { collectionId: uuid(), amountCents: 100 });
    await happen(somebody, 'collection.unresolved', { collectionId: uuid(), amountCents: 200 });
    const colleague = await stage.token(somebody, 'finance');
    const [latest] = (await list(owner, '?unread=true')).data;

    expect((await read(owner, { ids: [latest?.id] })).status).toBe(204);
    expect((await read(owner, { ids: [latest?.id] })).status).toBe(204);

    expect(await unread(owner)).toBe(1);
    const others = await unread(colleague);
    expect(others).toBeGreaterThan(1);
    await read(owner, {});
    expect(await unread(owner)).toBe(0);
    expect(await unread(colleague)).toBe(others);
    expect((await list(owner)).data.every(({ isRead }) => isRead)).toBe(true);
  });

  test('of money at the desk there is one a day, which is news again with each payment', async () => {
    const data = { receivedPaymentId: uuid(), state: 'unallocated', amountCents: 150 };
    await happen(somebody, 'payment.received', data);
    await read(owner, {});
    await happen(somebody, 'payment.received', { ...data, receivedPaymentId: uuid() });
    const token = owner;
    const [told] = (await list(owner, '?unread=true')).data;

    expect(told).toMatchObject({ kind: 'money-waiting', count: 2, amountCents: 300 });
    expect(told?.subjectId).toBeNull();
    await read(token, { ids: [told?.id] });
    await happen(somebody, 'payment.received', { ...data, receivedPaymentId: uuid() });
    expect(await unread(token)).toBe(1);
  });

  test('who asked for a payout is not told that it waits; it is over once decided', async () => {
    const maker = `user:${somebody.userId}`;
    const disbursementId = await stage.database.db.withTenant(somebody.tenantId, async (t) =>
      aPayout(t, await aShortcode(t, { number: '600000' }), { requestedBy: maker }),
    );
    const checker = await stage.token(somebody, 'finance');
    await read(checker, {});
    const named = toPublicId('disbursement', disbursementId);
    const data = { disbursementId: named, amountCents: 100_000, batchId: null };

    await happen(somebody, 'disbursement.awaiting_approval', data);

    expect(await kindsOf(checker, '?unread=true')).toEqual(['payout-approval']);
    expect(await kindsOf(owner)).not.toContain('payout-approval');
    await happen(somebody, 'disbursement.approved', data);
    expect(await unread(checker)).toBe(0);
  });
});

describe('GET /v1/notices', () => {
  test('what one may not do anything about one is not told', async () => {
    const somebody = await stage.tenant();
    await happen(somebody, 'export.ready', { exportId: uuid() });
    await happen(somebody, 'callback.quarantined', { callbackId: uuid(), cause: 'unknown' });
    await happen(somebody, 'shortcode.balance_low', { shortcodeId: uuid(), availableCents: 5 });

    const [owner, analyst] = [await stage.token(somebody), await stage.token(somebody, 'analyst')];

    expect(await kindsOf(owner)).toEqual(['balance-low', 'callback-quarantined', 'export-ready']);
    expect(await kindsOf(analyst)).toEqual(['balance-low']);
  });

  test('another business sees and reads nothing of it', async () => {
    const [somebody, stranger] = [await stage.tenant(), await stage.tenant()];
    await happen(somebody, 'export.ready', { exportId: uuid() });
    const [owner, other] = [await stage.token(somebody), await stage.token(stranger)];
    const [told] = (await list(owner)).data;

    expect(await list(other)).toMatchObject({ data: [] });
    expect((await read(other, { ids: [told?.id] })).status).toBe(204);
    expect(await unread(owner)).toBe(1);
    expect(problemIn(await stage.fetch('/v1/notices?cursor=x', { token: owner })).code).toBe(
      'invalid-cursor',
    );
  });

  test.each([{ ids: [] }, { ids: ['x'] }, { ids: [`stm_${'0'.repeat(32)}`] }, { all: true }])(
    'POST %j is refused',
    async (json) => {
      const token = await stage.token(await stage.tenant());

      expect(problemIn(await read(token, json)).code).toBe('validation-failed');
    },
  );

  test('after ninety days they are forgotten, with who had read them', async () => {
    const somebody = await stage.tenant();
    const token = await stage.token(somebody);
    await happen(somebody, 'export.ready', { exportId: uuid() });
    await happen(somebody, 'statement.refused', { statementId: uuid() });
    const [young, old] = (await list(token)).data;
    await read(token, { ids: [young?.id, old?.id] });
    await stage.database.asOwner(
      `update shared.notices set at = now() - interval '91 days'
       where tenant_id = $1 and kind = 'export-ready'`,
      [somebody.tenantId],
    );

    const swept = await stage.database.db.asOperator('sweep in a test', sweepNotices);

    expect(swept).toBe(1);
    expect(await kindsOf(token)).toEqual(['statement-refused']);
    const left = await stage.database.asOwner(
      'select notice_id from shared.notice_reads where tenant_id = $1',
      [somebody.tenantId],
    );
    expect(left).toHaveLength(1);
  });
});

describe('the consumer', () => {
  let bus: EventBus;
  const telemetry = silentTelemetry();
  beforeAll(async () => {
    bus = await openTestBus();
  });
  afterAll(async () => {
    await bus.close();
    await telemetry.stop();
  });

  test('tells once what arrives three times', async () => {
    const somebody = await stage.tenant();
    const { tenantId } = somebody;
    const token = await stage.token(somebody);
    const { db } = stage.database;
    const consumer = await startNotices({
      ...{ bus, db, telemetry, now: Date.now },
      redis: stage.dependencies.redis,
    });
    const event = (type: string, data: Data) => ({
      key: tenantId,
      envelope: { eventId: randomUUID(), type, version: 1, tenantId, occurredAt, data },
    });
    const paid = event('disbursement.paid', { amountCents: 700, batchId: null });
    const last = event('export.ready', {
      exportId: toPublicId('tenantExport', id('tenantExport', uuid())),
    });

    await bus.publish('domain-events', [paid, paid, event('nobody.cares', {}), paid, last]);
    await until(async () => (await unread(token)) === 2);
    await consumer.stop();

    const told = (await list(token)).data.map((one) => notice.parse(one));
    expect(told.find(({ kind }) => kind === 'payouts-paid')).toMatchObject({
      ...{ count: 1, amountCents: 700, currency: 'KES' },
    });
  });
});
