/** Bad lines to the database, and a schema that changes under traffic: every write counts once. */
import { randomUUID } from 'node:crypto';
import { appendCallbacks } from '../../db/callbacks.ts';
import { openDatabase, type Database } from '../../db/database.ts';
import { postTransaction } from '../../db/ledger.ts';
import type { Migration } from '../../db/migrations/migration.ts';
import { migrations } from '../../db/migrations/all.ts';
import { migrateUp } from '../../db/migrator.ts';
import { postChunk } from '../../db/statement-posting.ts';
import { id } from '../../domain/ids.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { createTestDatabase, testKek, type TestDatabase } from '../support/database.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { appendLines, aLine, anAccount, aStatement, aTenant, type TestTenant } from './fixture.ts';
import { aReceipt } from './ledger-fixture.ts';

let base: TestDatabase;
let proxy: TcpProxy;
let db: Database;
let tenant: TestTenant;

beforeAll(async () => {
  base = await createTestDatabase();
  const url = new URL(base.appUrl);
  proxy = await openTcpProxy({ host: url.hostname, port: Number(url.port) });
  url.host = `127.0.0.1:${proxy.port}`;
  db = openDatabase({ url: url.href, poolMax: 8, kek: testKek, kekId: 'test' });
});
beforeEach(async () => {
  tenant = await aTenant(base.db);
});
afterEach(async () => {
  proxy.mend();
  // Daily figures follow from events, which nobody consumes here.
  const broken = await base.invariants();
  expect(broken.filter((one) => one['invariant'] !== 'rollups-equal-transactions')).toEqual([]);
});
afterAll(async () => {
  await db.close();
  await proxy.close();
  await base.drop();
});

const callback = () => ({
  ...({ id: id('callback', randomUUID()), letter: 'c', targetId: randomUUID() } as const),
  ...{ body: Buffer.from('{}'), arrivedBy: 'request' as const },
  receivedAt: instantFromEpochMs(Date.now()),
});

let receipts = 1_000_000;

/** Each prepares one write, which may be made again and again, and says where its rows are. */
const kinds = {
  'a movement of the ledger': {
    ...{ table: 'ledger_transactions', rows: 1 },
    prepare: async () => {
      const draft = aReceipt(randomUUID(), 70);
      return () => db.withTenant(tenant.tenantId, (t) => postTransaction(t, draft));
    },
  },
  'a chunk of a statement': {
    ...{ table: 'transactions', rows: 20 },
    prepare: async () => {
      const place = await base.db.withTenant(tenant.tenantId, async (t) => {
        const statementId = await aStatement(t, tenant.userId);
        const lines = Array.from({ length: 20 }, (_, n) => {
          receipts += 1;
          return aLine(n, {
            ...{ receipt: `TBA${receipts}`, direction: 'in', amountCents: 100, minute: n },
          });
        });
        await appendLines(t, statementId, lines);
        return { statementId, accountId: await anAccount(t) };
      });
      const chunk = { ...place, fromOrdinal: 0, toOrdinal: 20 };
      return () => db.withTenant(tenant.tenantId, (t) => postChunk(t, chunk));
    },
  },
  'a callback': {
    ...{ table: 'callback_inbox', rows: 1 },
    prepare: async () => {
      const arrived = callback();
      return () => db.withTenant(tenant.tenantId, (t) => appendCallbacks(t, [arrived]));
    },
  },
};

type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];

/** How many writes of a kind are there for the tenant of the test. */
async function counted(kind: Kind): Promise<number> {
  const { table, rows } = kinds[kind];
  const found = await base.asOwner(`select from shared.${table} where tenant_id = $1`, [
    tenant.tenantId,
  ]);
  return found.length / rows;
}

test.each(names.flatMap((kind) => (['before', 'after'] as const).map((when) => ({ kind, when }))))(
  '$kind whose line is reset $when COMMIT reached the server counts once when it is repeated',
  async ({ kind, when }) => {
    const write = await kinds[kind].prepare();
    const resets = proxy.resetAt('commit\0', when);

    await expect(write()).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    expect(resets()).toBe(1);
    expect(await counted(kind)).toBe(when === 'after' ? 1 : 0);
    await write();

    expect(await counted(kind)).toBe(1);
  },
);

test.each(names)('%s that comes three times over a slow line counts once', async (kind) => {
  const write = await kinds[kind].prepare();
  proxy.slow(100);

  await Promise.all([write(), write(), write()]);

  expect(await counted(kind)).toBe(1);
});

test.each(names)(
  '%s is written on, each once, while a migration changes its table',
  async (kind) => {
    const column = `note_${names.indexOf(kind)}`;
    const change: Migration = {
      name: `9999_${column}`,
      up: `alter table shared.${kinds[kind].table} add column ${column} text;`,
      down: '',
    };
    let writes = 0;
    const migrated = new AbortController();
    const writeOne = async () => {
      await (
        await kinds[kind].prepare()
      )();
      writes += 1;
    };
    const writer = async () => {
      while (!migrated.signal.aborted) await writeOne();
      await writeOne();
    };
    const writing = Promise.all([writer(), writer()]);
    await until(() => writes > 1);

    await migrateUntilDone(change);
    migrated.abort();
    await writing;

    expect(await counted(kind)).toBe(writes);
  },
);

/** A migration that does not get its locks gives up; whoever deploys runs it again. */
async function migrateUntilDone(change: Migration): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await migrateUp({ ...base, migrations: [...migrations, change], lockTimeoutMs: 200 });
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (tries >= 50 || !['55P03', '40P01'].includes(String(code))) throw error;
    }
  }
}
