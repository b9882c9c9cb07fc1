/** What people chose meets the events of statements, over a real broker. */
import { randomUUID } from 'node:crypto';
import { startAnalytics } from '../../../activities/analytics.ts';
import { startCategorizer } from '../../../activities/categories.ts';
import type { Envelope } from '../../../activities/kafka/envelope.ts';
import type { EventBus } from '../../../activities/kafka/event-bus.ts';
import { openBulkChange, stepChange } from '../../../db/bulk-changes.ts';
import { listTransactions } from '../../../db/transactions.ts';
import { id } from '../../../domain/ids.ts';
import { aTenant, postStatement, undoStatement, type TestTenant } from '../../db/fixture.ts';
import { openTestBus, silentTelemetry } from '../../support/bus.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let bus: EventBus;
let tenant: TestTenant;
const telemetry = silentTelemetry();
const rows = [1, 2].map((n) => ({
  ...{ receipt: `TKA000000${n}`, direction: 'out' as const, amountCents: 100 * n, minute: n },
}));

beforeAll(async () => {
  [database, bus] = await Promise.all([createTestDatabase(), openTestBus()]);
  tenant = await aTenant(database.db);
});
afterAll(async () => {
  await bus.close();
  await database.drop();
  await telemetry.stop();
});

async function categories(): Promise<(string | null)[]> {
  const found = await database.db.withTenant(tenant.tenantId, (t) =>
    listTransactions(t, { filter: {}, limit: 9 }),
  );
  return found.map(({ category }) => category).sort();
}

function posted({ statementId, accountId, inserted }: Awaited<ReturnType<typeof postStatement>>) {
  const days = [...new Set(inserted.map(({ businessDate }) => businessDate))];
  const place = { statementId, accountId, fromOrdinal: 0, toOrdinal: rows.length };
  return { ...place, newRows: inserted.length, days };
}

function publish(
  topic: 'transactions.raw' | 'transactions.categorized',
  type: string,
  data: Record<string, unknown>,
): Promise<unknown> {
  const envelope: Envelope = {
    ...{ eventId: randomUUID(), type, version: 1, tenantId: tenant.tenantId, data },
    occurredAt: new Date().toISOString(),
  };
  return bus.publish(topic, [{ key: 'k', envelope }]);
}

test('a choice holds when events come again, and when its statement is undone and sent again', async () => {
  const dependencies = { bus, db: database.db, telemetry, now: Date.now };
  const signalCategorised = async () => {};
  const categorizer = await startCategorizer({ ...dependencies, signalCategorised });
  const analytics = await startAnalytics(dependencies);
  const first = await postStatement(database.db, tenant, { rows });
  await publish('transactions.raw', 'transactions.posted', posted(first));
  await until(async () => (await categories()).join() === 'transfers-out,transfers-out');
  await database.db.withTenant(tenant.tenantId, async (t) => {
    const opened = await openBulkChange(t, {
      ...{ filter: { q: 'TKA0000002' }, expectedCount: 1, actor: 'user:test' },
      deed: { kind: 'category', category: 'rent' },
      ...{ requestId: 'req_test', askedAs: id('rowChange', randomUUID()) },
    });
    if (opened.ok) await stepChange(t, opened.change.id, 5);
  });
  await publish('transactions.raw', 'transactions.posted', { ...posted(first), newRows: 0 });
  await undoStatement(database.db, tenant, first);
  const again = await postStatement(database.db, tenant, { rows, accountId: first.accountId });
  await publish('transactions.raw', 'transactions.posted', posted(again));
  await until(async () => (await categories()).join() === 'rent,transfers-out');
  const { accountId, days } = posted(again);
  await publish('transactions.categorized', 'transactions.recategorised', { accountId, days });
  await until(async () => (await database.invariants()).length === 0);
  await Promise.all([categorizer.stop(), analytics.stop()]);

  expect(await categories()).toEqual(['rent', 'transfers-out']);
}, 60_000);
