import { randomBytes } from 'node:crypto';
import {
  beginIdempotent,
  completeIdempotent,
  releaseIdempotent,
  sweepIdempotencyKeys,
} from '../../db/idempotency.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aTenant } from './fixture.ts';
import type { TestTenant } from './fixture.ts';
import type { TenantHandle } from '../../db/database.ts';

let base: TestDatabase;
let tenant: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
});
beforeEach(async () => {
  tenant = await aTenant(base.db);
});
afterAll(() => base.drop());

function asTenant<T>(work: (t: TenantHandle) => Promise<T>): Promise<T> {
  return base.db.withTenant(tenant.tenantId, work);
}

describe('idempotency keys', () => {
  const key = () => ({
    principal: `user:${tenant.userId}`,
    route: 'POST /v1/statements',
    keyHash: randomBytes(32).toString('hex'),
  });
  const response = { status: 202, headers: { location: '/x' }, body: { id: 1 } };

  test('of twins at the same moment one starts and the other is told to wait', async () => {
    const one = { ...key(), requestHash: 'r' };
    const states = await Promise.all([1, 2, 3].map(() => asTenant((t) => beginIdempotent(t, one))));
    expect(states.map(({ state }) => state).sort()).toEqual([
      ...['in-progress', 'in-progress', 'started'],
    ]);
  });

  test('replay the first response, and refuse another request under the same key', async () => {
    const one = key();
    await asTenant((t) => beginIdempotent(t, { ...one, requestHash: 'r' }));
    await asTenant((t) => completeIdempotent(t, one, response));

    await expect(
      asTenant((t) => beginIdempotent(t, { ...one, requestHash: 'r' })),
    ).resolves.toEqual({
      state: 'completed',
      response,
    });
    await expect(
      asTenant((t) => beginIdempotent(t, { ...one, requestHash: 'x' })),
    ).resolves.toEqual({
      state: 'mismatch',
    });
    const other = { ...one, principal: 'user:other', requestHash: 'x' };
    await expect(asTenant((t) => beginIdempotent(t, other))).resolves.toEqual({ state: 'started' });
  });

  test('are free again after a release, and after a request that died', async () => {
    const one = { ...key(), requestHash: 'r' };
    await asTenant((t) => beginIdempotent(t, one));
    await asTenant((t) => releaseIdempotent(t, one));
    await expect(asTenant((t) => beginIdempotent(t, one))).resolves.toEqual({ state: 'started' });

    await base.asOwner(
      `update shared.idempotency_keys set created_at = now() - interval '3 minutes' where key_hash = $1`,
      [one.keyHash],
    );
    await expect(asTenant((t) => beginIdempotent(t, one))).resolves.toEqual({ state: 'started' });
  });

  test('are forgotten after 72 hours', async () => {
    const [old, young] = [key(), key()];
    for (const one of [old, young]) {
      await asTenant((t) => beginIdempotent(t, { ...one, requestHash: 'r' }));
    }
    await base.asOwner(
      `update shared.idempotency_keys set created_at = now() - interval '73 hours' where key_hash = $1`,
      [old.keyHash],
    );
    await expect(base.db.asOperator('sweep', sweepIdempotencyKeys)).resolves.toBe(1);
  });
});
