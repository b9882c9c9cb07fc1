import {
  appendOperationEvent,
  findOperation,
  listOperationEvents,
  patchOperation,
} from '../../db/operations.ts';
import { findStatement } from '../../db/statements.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { aStatement, aTenant } from './fixture.ts';
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

describe('operations', () => {
  test('events are numbered without gaps by writers that come together', async () => {
    const statementId = await asTenant((t) => aStatement(t, tenant.userId));
    const operationId = (await asTenant((t) => findStatement(t, statementId)))?.operationId;
    if (operationId === undefined) throw new Error('no operation');
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        asTenant((t) => appendOperationEvent(t, operationId, { type: 'progress', data: { n } })),
      ),
    );
    const events = await asTenant((t) =>
      listOperationEvents(t, operationId, { afterSeq: 4, limit: 100 }),
    );
    expect(events.map(({ seq }) => seq)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test('an operation that has ended stays as it ended', async () => {
    const statementId = await asTenant((t) => aStatement(t, tenant.userId));
    const operationId = (await asTenant((t) => findStatement(t, statementId)))?.operationId;
    if (operationId === undefined) throw new Error('no operation');
    await asTenant((t) =>
      patchOperation(t, operationId, { stage: 'parsed', progress: { done: 1 } }),
    );
    await asTenant((t) => patchOperation(t, operationId, { status: 'succeeded', progress: null }));
    await expect(
      asTenant((t) => patchOperation(t, operationId, { status: 'failed' })),
    ).resolves.toBeUndefined();
    await expect(asTenant((t) => findOperation(t, operationId))).resolves.toMatchObject({
      status: 'succeeded',
      stage: 'parsed',
      progress: null,
      version: 3,
    });
  });
});
