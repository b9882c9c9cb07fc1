import { randomBytes } from 'node:crypto';
import {
  beginIdempotent,
  completeIdempotent,
  releaseIdempotent,
  sweepIdempotencyKeys,
} from '../../db/idempotency.ts';
import { oneTenant } from './one-tenant.ts';

const business = oneTenant();

describe('idempotency keys', () => {
  const key = () => ({
    principal: `user:${business.tenant.userId}`,
    route: 'POST /v1/statements',
    keyHash: randomBytes(32).toString('hex'),
  });
  const response = { status: 202, headers: { location: '/x' }, body: { id: 1 } };

  test('of twins at the same moment one starts and the other is told to wait', async () => {
    const one = { ...key(), requestHash: 'r' };
    const states = await Promise.all(
      [1, 2, 3].map(() => business.asTenant((t) => beginIdempotent(t, one))),
    );
    expect(states.map(({ state }) => state).sort()).toEqual([
      ...['in-progress', 'in-progress', 'started'],
    ]);
  });

  test('replay the first response, and refuse another request under the same key', async () => {
    const one = key();
    await business.asTenant((t) => beginIdempotent(t, { ...one, requestHash: 'r' }));
    await business.asTenant((t) => completeIdempotent(t, one, response));

    await expect(
      business.asTenant((t) => beginIdempotent(t, { ...one, requestHash: 'r' })),
    ).resolves.toEqual({
      state: 'completed',
      response,
    });
    await expect(
      business.asTenant((t) => beginIdempotent(t, { ...one, requestHash: 'x' })),
    ).resolves.toEqual({
      state: 'mismatch',
    });
    const other = { ...one, principal: 'user:other', requestHash: 'x' };
    await expect(business.asTenant((t) => beginIdempotent(t, other))).resolves.toEqual({
      state: 'started',
    });
  });

  test('are free again after a release, and after a request that died', async () => {
    const one = { ...key(), requestHash: 'r' };
    await business.asTenant((t) => beginIdempotent(t, one));
    await business.asTenant((t) => releaseIdempotent(t, one));
    await expect(business.asTenant((t) => beginIdempotent(t, one))).resolves.toEqual({
      state: 'started',
    });

    await business.base.asOwner(
      `update shared.idempotency_keys set created_at = now() - interval '3 minutes' where key_hash = $1`,
      [one.keyHash],
    );
    await expect(business.asTenant((t) => beginIdempotent(t, one))).resolves.toEqual({
      state: 'started',
    });
  });

  test('are forgotten after 72 hours', async () => {
    const [old, young] = [key(), key()];
    for (const one of [old, young]) {
      await business.asTenant((t) => beginIdempotent(t, { ...one, requestHash: 'r' }));
    }
    await business.base.asOwner(
      `update shared.idempotency_keys set created_at = now() - interval '73 hours' where key_hash = $1`,
      [old.keyHash],
    );
    await expect(business.base.db.asOperator('sweep', sweepIdempotencyKeys)).resolves.toBe(1);
  });
});
