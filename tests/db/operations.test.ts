import {
  appendOperationEvent,
  findOperation,
  listOperationEvents,
  patchOperation,
} from '../../db/operations.ts';
import { findStatement } from '../../db/statements.ts';
import { aStatement } from './fixture.ts';
import { oneTenant } from './one-tenant.ts';

const business = oneTenant();

describe('operations', () => {
  test('events are numbered without gaps by writers that come together', async () => {
    const statementId = await business.asTenant((t) => aStatement(t, business.tenant.userId));
    const operationId = (await business.asTenant((t) => findStatement(t, statementId)))
      ?.operationId;
    if (operationId === undefined) throw new Error('no operation');
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        business.asTenant((t) =>
          appendOperationEvent(t, operationId, { type: 'progress', data: { n } }),
        ),
      ),
    );
    const events = await business.asTenant((t) =>
      listOperationEvents(t, operationId, { afterSeq: 4, limit: 100 }),
    );
    expect(events.map(({ seq }) => seq)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('an operation that has ended stays as it ended', async () => {
    const statementId = await business.asTenant((t) => aStatement(t, business.tenant.userId));
    const operationId = (await business.asTenant((t) => findStatement(t, statementId)))
      ?.operationId;
    if (operationId === undefined) throw new Error('no operation');
    await business.asTenant((t) =>
      patchOperation(t, operationId, { stage: 'parsed', progress: { done: 1 } }),
    );
    await business.asTenant((t) =>
      patchOperation(t, operationId, { status: 'succeeded', progress: null }),
    );
    await expect(
      business.asTenant((t) => patchOperation(t, operationId, { status: 'failed' })),
    ).resolves.toBeUndefined();
    await expect(business.asTenant((t) => findOperation(t, operationId))).resolves.toMatchObject({
      status: 'succeeded',
      stage: 'parsed',
      progress: null,
      version: 3,
    });
  });
});
