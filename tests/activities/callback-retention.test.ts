import { randomUUID } from 'node:crypto';
import { sweepCallbacks } from '../../activities/callback-retention.ts';
import { appendCallbacks, bodyOf } from '../../db/callbacks.ts';
import { id, type TenantId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/time.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aTenant } from '../support/tenants.ts';

let base: TestDatabase;
beforeAll(async () => {
  base = await createTestDatabase();
});
afterAll(() => base.drop());

const now = Date.parse('2026-11-27T09:00:00.000Z');
const old = '2025-10-01T09:00:00.000Z' as Instant;
const recent = '2025-11-20T09:00:00.000Z' as Instant;

/** A callback that had its effect, as the drainer leaves it. */
async function aCallback(
  tenantId: TenantId,
  { receivedAt, status = 'delivered' }: { receivedAt: Instant; status?: string },
) {
  const callback = {
    ...{ id: id('callback', randomUUID()), letter: 's' as const, targetId: randomUUID() },
    body: Buffer.from(`{"Body":{"phone":254712345678,"of":"${randomUUID()}"}}`),
    ...{ receivedAt, arrivedBy: 'request' as const },
  };
  await base.db.withTenant(tenantId, (t) => appendCallbacks(t, [callback]));
  await base.asOwner(
    `update shared.callback_inbox
     set status = $2, delivered_at = now(), recorded_at = now(), cause = 'malformed'
     where id = $1`,
    [callback.id, status],
  );
  return callback;
}

const textOf = (tenantId: TenantId, callbackId: string) =>
  base.db.withTenant(tenantId, async (t) => {
    const row = await t.query
      .selectFrom('callback_inbox')
      .select(['letter', 'target_id', 'body_sealed'])
      .where('id', '=', id('callback', callbackId))
      .executeTakeFirstOrThrow();
    return bodyOf(t, row).toString();
  });

test('texts are erased after thirteen months, noted in the audit log, and a repeat finds nothing', async () => {
  const { tenantId } = await aTenant(base.db);
  const aged = await aCallback(tenantId, { receivedAt: old });
  const kept = await aCallback(tenantId, { receivedAt: recent });
  const looked = await aCallback(tenantId, { receivedAt: old, status: 'quarantined' });

  const first = await sweepCallbacks(base.db, now);
  const second = await sweepCallbacks(base.db, now);

  expect([first, second]).toEqual([{ 'callbacks erased': 1 }, { 'callbacks erased': 0 }]);
  expect(await textOf(tenantId, aged.id)).toBe('{}');
  expect(await textOf(tenantId, kept.id)).toBe(kept.body.toString());
  expect(await textOf(tenantId, looked.id)).toBe(looked.body.toString());
  expect(await base.asOwner('select action, detail from shared.audit_log')).toMatchObject([
    { action: 'callbacks.erased', detail: { count: 1 } },
  ]);
  expect(await base.invariants()).toEqual([]);
});

test('a callback whose text is erased is still known when it comes again', async () => {
  const { tenantId } = await aTenant(base.db);
  const aged = await aCallback(tenantId, { receivedAt: old });
  await sweepCallbacks(base.db, now);

  const isNew = await base.db.withTenant(tenantId, (t) =>
    appendCallbacks(t, [{ ...aged, id: id('callback', randomUUID()) }]),
  );

  expect(isNew).toBe(0);
  expect(await textOf(tenantId, aged.id)).toBe('{}');
});
