import pg from 'pg';
import { openDatabase } from '../../db/database.ts';
import { migrateUp } from '../../db/migrator.ts';
import { serviceVariable } from '../support/services.ts';
import { aLine, anAccount, aStatement, aTenant } from './fixture.ts';
import { appendLines } from '../../db/statement-lines.ts';
import { postChunk, tieFees, findAmountConflicts } from '../../db/statement-posting.ts';
import { previewUndo, undoChunk } from '../../db/statement-undo.ts';
import { patchStatement } from '../../db/statements.ts';
import {
  listTransactions,
  setCategories,
  summariseTransactions,
  findTransaction,
} from '../../db/transactions.ts';
import { overview, dailySeries, recomputeRollups } from '../../db/analytics.ts';
import { listBrokenInvariants } from '../../db/invariants.ts';
import { businessDate } from '../../domain/time.ts';
import { appendAudit } from '../../db/audit.ts';

const N = Number(process.argv[2] ?? 100_000);
const name = 'data_perf';
const owner = new URL(serviceVariable('DATABASE_OWNER_URL'));
const c = new pg.Client({ connectionString: owner.href });
await c.connect();
await c.query(`drop database if exists ${name} with (force)`);
await c.query(`create database ${name}`);
await c.end();
owner.pathname = '/' + name;
const app = new URL(serviceVariable('DATABASE_URL'));
app.pathname = '/' + name;
await migrateUp({ ownerUrl: owner.href });
{
  const q = new pg.Client({ connectionString: owner.href });
  await q.connect();
  for (const x of [
    "set session_preload_libraries='auto_explain'",
    'set auto_explain.log_min_duration=400',
    'set auto_explain.log_analyze=on',
    'set auto_explain.log_nested_statements=on',
  ])
    await q.query(`alter database ${name} ${x}`).catch((e) => console.log(e.message));
  await q.end();
}
const db = openDatabase({ url: app.href, poolMax: 6, kek: Buffer.alloc(32, 7), kekId: 'k1' });
async function time<T>(what: string, n: number, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const r = await work();
  const ms = performance.now() - start;
  const used = process.cpuUsage(cpu);
  console.log(
    what.padEnd(28),
    ((used.user + used.system) / 1000).toFixed(0).padStart(6),
    'cpu-ms',
    ms.toFixed(1),
    'ms',
    n > 1 ? `${Math.round((n / ms) * 1000)} rows/s` : '',
  );
  return r;
}
const tenant = await aTenant(db);
const names = Array.from({ length: 3000 }, (_, i) => `NAME${i} KAMAU${i % 97}`);
function lines(from: number, to: number) {
  return Array.from({ length: to - from }, (_, k) => {
    const i = from + k;
    return aLine(i, {
      receipt: 'T' + String(i - (i % 5 === 4 ? 1 : 0)).padStart(9, '0'),
      direction: i % 3 === 0 ? 'in' : 'out',
      amountCents: 100 + ((i * 7919) % 500000),
      minute: Math.floor(i / 2),
      nature: i % 5 === 4 ? 'charge' : 'ordinary',
      details: `Customer Transfer to 0712***${i % 999} - ${names[i % names.length]}`,
      balanceCents: 100000 + i,
    });
  });
}
const { statementId, accountId } = await db.withTenant(tenant.tenantId, async (t) => ({
  statementId: await aStatement(t, tenant.userId),
  accountId: await anAccount(t),
}));
const all = lines(0, N);
await time('appendLines', N, async () => {
  for (let i = 0; i < N; i += 5000)
    await db.withTenant(tenant.tenantId, (t) =>
      appendLines(t, statementId, all.slice(i, i + 5000)),
    );
});
const ids: any[] = [];
await time('postChunk', N, async () => {
  for (let i = 0; i < N; i += 5000) {
    const r = await db.withTenant(tenant.tenantId, (t) =>
      postChunk(t, { statementId, accountId, fromOrdinal: i, toOrdinal: i + 5000 }),
    );
    ids.push(...r.inserted);
  }
});
console.log(ids.length);
await time('tieFees', N, () => db.withTenant(tenant.tenantId, (t) => tieFees(t, statementId)));
await time('setCategories', N, async () => {
  for (let i = 0; i < ids.length; i += 500)
    await db.withTenant(tenant.tenantId, (t) =>
      setCategories(
        t,
        ids.slice(i, i + 500).map((r) => ({
          transactionId: r.transactionId,
          category: 'cat' + (i % 12),
          confidence: 'certain' as const,
          reason: 'because it says so',
          source: 'catalogue',
        })),
      ),
    );
});
const days = [...new Set(ids.map((r) => r.businessDate))];
await time('recomputeRollups all days ' + days.length, N, () =>
  db.withTenant(tenant.tenantId, (t) => recomputeRollups(t, accountId, days)),
);
await db.withTenant(tenant.tenantId, (t) =>
  patchStatement(t, statementId, {
    status: 'posted',
    accountId,
    postedAt: '2026-01-01T00:00:00.000Z' as any,
  }),
);
const c2 = new pg.Client({ connectionString: owner.href });
await c2.connect();
await c2.query('vacuum analyze');
const read = (what: string, f: (t: any) => Promise<unknown>) =>
  time(what, 1, () => db.withTenant(tenant.tenantId, f, { readOnly: true }));
for (let k = 0; k < 2; k++) {
  await read('list newest', (t) => listTransactions(t, { filter: {}, limit: 50 }));
  await read('list by amount', (t) =>
    listTransactions(t, {
      filter: {},
      order: { field: 'amountCents', isDescending: true },
      limit: 50,
    }),
  );
  await read('list q rare', (t) => listTransactions(t, { filter: { q: 'name17' }, limit: 50 }));
  await read('list q common', (t) =>
    listTransactions(t, { filter: { q: 'transfer kamau5' }, limit: 50 }),
  );
  await read('list q all', (t) => listTransactions(t, { filter: { q: 'customer' }, limit: 50 }));
  await read('list nature charge', (t) =>
    listTransactions(t, { filter: { nature: ['charge'] }, limit: 50 }),
  );
  await read('list statement', (t) => listTransactions(t, { filter: { statementId }, limit: 50 }));
  await read('summary all', (t) => summariseTransactions(t, {}));
  await read('summary month', (t) =>
    summariseTransactions(t, { from: businessDate('2026-01-01'), to: businessDate('2026-01-31') }),
  );
  await read('overview', (t) =>
    overview(t, { from: businessDate('2026-01-01'), to: businessDate('2026-12-31') }),
  );
  await read('series', (t) =>
    dailySeries(t, { from: businessDate('2026-01-01'), to: businessDate('2026-12-31') }),
  );
  await read('find', (t) => findTransaction(t, ids[10].transactionId));
  await read('conflicts', (t) => findAmountConflicts(t, statementId, accountId));
  await read('previewUndo', (t) => previewUndo(t, statementId));
  await time('audit', 1, () =>
    db.withTenant(tenant.tenantId, (t) =>
      appendAudit(t, { actor: 'user:x', action: 'a', objectKind: 'statement', objectId: 'x' }),
    ),
  );
}
console.log(
  await time('invariants', 1, () => db.asOperator('x', (o) => listBrokenInvariants(o, 5))),
);
const sizes = await c2.query(
  `select relname, pg_size_pretty(pg_relation_size(oid)) s, pg_size_pretty(pg_indexes_size(oid)) i from pg_class where relnamespace='shared'::regnamespace and relkind='r' order by pg_total_relation_size(oid) desc limit 6`,
);
console.table(sizes.rows);
if (process.argv[3] === 'undo')
  await time('undo', N, async () => {
    for (;;) {
      const r = await db.withTenant(tenant.tenantId, (t) =>
        undoChunk(t, { statementId, accountId, limit: 5000 }),
      );
      if (r.isDone) break;
    }
  });
await c2.end();
await db.close();
