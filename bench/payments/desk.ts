/**
 * What a first statement brings: 20,000 payments nobody waits for, laid on the desk 500 in a
 * transaction, beside their ledger transactions alone in batches of the same size. Rows, sums and
 * invariants are checked at the end, and that the same statement again brings nothing.
 */
import { randomUUID } from 'node:crypto';
import { arriveOnDesk, strangersAmong } from '../../db/desk-arrivals.ts';
import { balanceOf, postTransactions } from '../../db/ledger.ts';
import type { NewReceivedPayment } from '../../db/received-payments.ts';
import { id, type ShortcodeId, type TenantId } from '../../domain/ids.ts';
import { received, suspense } from '../../domain/ledger/movements.ts';
import { cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import { aShortcode } from '../../tests/support/collections.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { aTenant } from '../../tests/support/tenants.ts';
import { compared, type BenchOptions, type Gate } from '../gate.ts';

const pageRows = 500;
const amountCents = cents(15_000);

interface Stage {
  database: TestDatabase;
  tenantId: TenantId;
  shortcodeId: ShortcodeId;
}

export async function deskGates({ isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const database = await createTestDatabase({ poolMax: 4 });
  try {
    const { tenantId } = await aTenant(database.db);
    const shortcodeId = await database.db.withTenant(tenantId, (t) => aShortcode(t));
    const stage = { database, tenantId, shortcodeId };
    const rounds = isSmoke ? 2 : 4;
    const rows = isSmoke ? 1_000 : 5_000;
    const [ours, reference]: [number[], number[]] = [[], []];
    await postAlone(stage, pageRows);
    for (let round = 0; round < rounds; round += 1) {
      say(`desk: round ${round + 1} of ${rounds}, ${rows} rows`);
      const payments = unknownPayments(stage, round * rows, rows);
      ours.push(await layOnDesk(stage, payments));
      reference.push(await postAlone(stage, rows));
      if ((await layAgain(stage, payments)) !== 0) throw new Error('a payment arrived twice');
    }
    await check(stage, rounds * rows);
    return [
      compared({
        gate: 'unknown rows to the desk beside their postings',
        ...{ unit: 'rows/s', limit: isSmoke ? '>= 0.1' : '>= 0.2', ours, reference },
        detail: `${rounds * rows} payments, ${pageRows} in a transaction`,
      }),
    ];
  } finally {
    await database.drop();
  }
}

function unknownPayments(
  { shortcodeId }: Stage,
  from: number,
  count: number,
): NewReceivedPayment[] {
  const occurredAt = instantFromEpochMs(Date.now() - 86_400_000);
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    return {
      ...{ id: id('receivedPayment', randomUUID()), shortcodeId, source: 'statement' },
      receipt: `U${number.toString(36).toUpperCase().padStart(9, '0')}`,
      ...{ amountCents, occurredAt, workflowId: 'statement/bench' },
      words: { reference: `ROOM ${number}`, msisdn: '2547 ***** 126', name: 'Wanjiku Kamau' },
    };
  });
}

/** Rows a second that find nobody and arrive. */
async function layOnDesk(stage: Stage, payments: readonly NewReceivedPayment[]): Promise<number> {
  const began = performance.now();
  const arrived = await layAgain(stage, payments);
  if (arrived !== payments.length) throw new Error(`${arrived} of ${payments.length} arrived`);
  return (payments.length * 1_000) / (performance.now() - began);
}

async function layAgain(
  { database, tenantId, shortcodeId }: Stage,
  payments: readonly NewReceivedPayment[],
): Promise<number> {
  let arrived = 0;
  for (let at = 0; at < payments.length; at += pageRows) {
    const page = payments
      .slice(at, at + pageRows)
      .map((payment) => ({ ...payment, reference: payment.words.reference }));
    arrived += await database.db.withTenant(tenantId, async (t) => {
      const strangers = await strangersAmong(t, shortcodeId, page);
      return strangers.length === 0 ? 0 : arriveOnDesk(t, strangers);
    });
  }
  return arrived;
}

/** Ledger transactions a second, posted alone. */
async function postAlone({ database, tenantId }: Stage, count: number): Promise<number> {
  const shortcodeId = randomUUID();
  const began = performance.now();
  for (let at = 0; at < count; at += pageRows) {
    const drafts = Array.from({ length: Math.min(pageRows, count - at) }, () => {
      const reference = randomUUID();
      return {
        ...{ reference, kind: 'bench', occurredAt: instantFromEpochMs(Date.now()) },
        postings: received({ shortcodeId, amountCents }),
        source: { kind: 'manual', id: reference, actor: 'service:bench' } as const,
      };
    });
    await database.db.withTenant(tenantId, (t) => postTransactions(t, drafts));
  }
  return (count * 1_000) / (performance.now() - began);
}

async function check({ database, tenantId, shortcodeId }: Stage, count: number): Promise<void> {
  const [row] = await database.asOwner(
    `select count(*)::int as n from shared.received_payments
     where tenant_id = $1 and state = 'unallocated'`,
    [tenantId],
  );
  const { balanceCents } = await database.db.withTenant(tenantId, (t) =>
    balanceOf(t, suspense(shortcodeId)),
  );
  if (row?.['n'] !== count || balanceCents !== count * amountCents) {
    throw new Error(`the desk holds ${row?.['n']} payments of ${balanceCents} cents`);
  }
  const broken = await database.invariants();
  if (broken.length > 0) throw new Error(`left wrong: ${JSON.stringify(broken)}`);
}
