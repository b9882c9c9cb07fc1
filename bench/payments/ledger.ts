/**
 * Postings a second beside pgbench's simple update with 32 clients, and one hot account beside 500.
 * Ours are durable double-entry transactions as the runtime role under row-level security, in
 * batches of up to 256 and one at a time. Counts, sums and invariants are checked at the end.
 */
import { randomUUID } from 'node:crypto';
import { balanceOf, postTransactions, type NewTransaction } from '../../db/ledger.ts';
import type { TenantId } from '../../domain/ids.ts';
import { outside, received } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { aTenant } from '../../tests/support/tenants.ts';
import { compared, skipped, type BenchOptions, type Gate } from '../gate.ts';
import { openPgbench } from './pgbench.ts';

interface Load {
  writers: number;
  batch: number;
  shortcodes: readonly string[];
}

/** What was posted, to be compared with what the database says. */
interface Tally {
  count: number;
  sumCents: number;
}

export async function ledgerGates({ isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const database = await createTestDatabase({ poolMax: 32 });
  try {
    const { tenantId } = await aTenant(database.db);
    const shortcodes = Array.from({ length: 500 }, () => randomUUID());
    const [hot = ''] = shortcodes;
    const tally: Tally = { count: 0, sumCents: 0 };
    const seconds = isSmoke ? 1 : 3;
    const post = (load: Load) => rate(database, { tenantId, tally, seconds, load });
    await post({ writers: 1, batch: 256, shortcodes });
    const pgbench = await openPgbench(database);
    const figures = noFigures();
    for (let round = 0; round < (isSmoke ? 2 : 5); round += 1) {
      say(`ledger: round ${round + 1}`);
      figures.batched.push(await post({ writers: 2, batch: 256, shortcodes }));
      if (pgbench !== undefined) figures.pgbench.push(await pgbench(32, seconds));
      figures.hot.push(await post({ writers: 2, batch: 256, shortcodes: [hot] }));
      figures.single.push(await post({ writers: 32, batch: 1, shortcodes }));
      figures.hotSingle.push(await post({ writers: 32, batch: 1, shortcodes: [hot] }));
    }
    await check(database, { tenantId, shortcodes, tally });
    return [
      besidePgbench(figures, isSmoke),
      compared({
        gate: 'hot account beside uniform',
        ...{ unit: 'transactions/s', limit: isSmoke ? '>= 0.25' : '>= 0.5' },
        ...{ ours: figures.hot, reference: figures.batched },
        detail: 'batches of 256 to one shortcode beside batches to 500',
      }),
      compared({
        gate: 'hot account beside uniform, one by one',
        ...{ unit: 'transactions/s', limit: isSmoke ? '>= 0.25' : '>= 0.5' },
        ...{ ours: figures.hotSingle, reference: figures.single },
        detail: '32 writers of one shortcode beside 32 writers of 500, a transaction each',
      }),
    ];
  } finally {
    await database.drop();
  }
}

interface Figures {
  batched: number[];
  hot: number[];
  single: number[];
  hotSingle: number[];
  pgbench: number[];
}

function noFigures(): Figures {
  return { batched: [], hot: [], single: [], hotSingle: [], pgbench: [] };
}

function besidePgbench(
  figures: Pick<Figures, 'batched' | 'single' | 'pgbench'>,
  isSmoke: boolean,
): Gate {
  const gate = {
    gate: 'ledger transactions/s beside pgbench',
    ...{ unit: 'transactions/s', limit: isSmoke ? '>= 0.12' : '>= 0.25' },
  };
  if (figures.pgbench.length === 0) return skipped(gate, 'pgbench is not installed');
  const oneByOne = figures.single.map((figure) => Math.round(figure)).join(', ');
  return compared({
    ...gate,
    ...{ ours: figures.batched, reference: figures.pgbench },
    detail: `batches of 256 by two writers beside pgbench -N prepared with 32 clients; one by one with 32 writers: ${oneByOne}/s`,
  });
}

async function rate(
  { db }: TestDatabase,
  run: { tenantId: TenantId; tally: Tally; seconds: number; load: Load },
): Promise<number> {
  const { tenantId, tally, seconds, load } = run;
  const [start, before] = [performance.now(), tally.count];
  const end = start + seconds * 1_000;
  await Promise.all(
    Array.from({ length: load.writers }, async () => {
      while (performance.now() < end) {
        const drafts = Array.from({ length: load.batch }, () => aPayment(load.shortcodes));
        const results = await db.withTenant(tenantId, (t) => postTransactions(t, drafts));
        if (!results.every((result) => result.ok && result.isNew))
          throw new Error('a payment of the bench was refused');
        tally.count += drafts.length;
        for (const { postings } of drafts) tally.sumCents += postings[0]?.amountCents ?? 0;
      }
    }),
  );
  return (tally.count - before) / ((performance.now() - start) / 1_000);
}

let number = 0;

function aPayment(shortcodes: readonly string[]): NewTransaction {
  number += 1;
  const shortcodeId = shortcodes[number % shortcodes.length] ?? '';
  return {
    reference: `bench/${number}`,
    kind: 'collection.paid',
    occurredAt: instantFromEpochMs(Date.now()),
    postings: received({ shortcodeId, amountCents: cents(100 + (number % 1_000)) }),
    source: { kind: 'collection', id: String(number), actor: 'service:bench' },
  };
}

async function check(
  database: TestDatabase,
  {
    tenantId,
    shortcodes,
    tally,
  }: { tenantId: TenantId; shortcodes: readonly string[]; tally: Tally },
): Promise<void> {
  const [stored] = await database.asOwner(
    'select count(*)::int as n from shared.ledger_transactions where tenant_id = $1',
    [tenantId],
  );
  let outsideCents = 0;
  for (const shortcodeId of shortcodes) {
    const held = await database.db.withTenant(tenantId, (t) => balanceOf(t, outside(shortcodeId)));
    outsideCents += held.balanceCents;
  }
  const broken = await database.invariants();
  if (stored?.['n'] !== tally.count || outsideCents !== -tally.sumCents || broken.length > 0)
    throw new Error(`the ledger holds ${String(stored?.['n'])} of ${tally.count} payments`);
}
