/**
 * The categoriser: names the category of every posted row, counts how far a statement has come and
 * tells the statement's run when its last row is done.
 */
import { z } from 'zod';
import type { TenantHandle } from '../db/database.ts';
import { appendEvents } from '../db/outbox.ts';
import { bumpCategorised } from '../db/statements.ts';
import { setCategories } from '../db/transactions.ts';
import { categorise } from '../domain/categories/categorise.ts';
import { id, type AccountId, type StatementId, type TenantId } from '../domain/ids.ts';
import { runConsumer, type AfterCommit, type ConsumerDependencies } from './kafka/consumer.ts';
import type { Envelope } from './kafka/envelope.ts';

export interface CategorizerDependencies extends ConsumerDependencies {
  /** Tells the statement's run that every row has its category; harmless when repeated. */
  signalCategorised(tenantId: TenantId, statementId: StatementId): Promise<void>;
}

const postedSchema = z.object({
  statementId: z.uuid(),
  accountId: z.uuid(),
  rows: z.array(
    z.object({
      transactionId: z.uuid(),
      businessDate: z.string(),
      direction: z.enum(['in', 'out']),
      purpose: z.string(),
      channel: z.string(),
      nature: z.string(),
      details: z.string(),
      counterpartyName: z.string().nullable(),
      shortcode: z.string().nullable(),
    }),
  ),
});

const reversedSchema = z.object({
  statementId: z.uuid(),
  accountId: z.uuid(),
  rows: z.array(z.object({ transactionId: z.uuid(), businessDate: z.string() })),
});

/** Starts the consumer of `transactions.raw`. */
export function startCategorizer(
  dependencies: CategorizerDependencies,
): Promise<{ stop(): Promise<void> }> {
  return runConsumer(dependencies, {
    name: 'categorizer',
    topic: 'transactions.raw',
    handle: (t, envelope) => handleEvent(dependencies, t, envelope),
  });
}

async function handleEvent(
  dependencies: CategorizerDependencies,
  t: TenantHandle,
  envelope: Envelope,
): Promise<AfterCommit | undefined> {
  if (envelope.type === 'transactions.posted') return categorisePosted(dependencies, t, envelope);
  if (envelope.type === 'transactions.reversed') {
    await passOnReversed(t, envelope);
    return undefined;
  }
  throw new Error(`transactions.raw carries no event of type ${envelope.type}`);
}

async function categorisePosted(
  dependencies: CategorizerDependencies,
  t: TenantHandle,
  envelope: Envelope,
): Promise<AfterCommit | undefined> {
  const data = postedSchema.parse(envelope.data);
  const statementId = id('statement', data.statementId);
  const rows = data.rows.map((row) => ({ row, reading: categorise(row) }));
  await setCategories(
    t,
    rows.map(({ row, reading }) => ({
      transactionId: id('transaction', row.transactionId),
      ...reading,
      source: 'catalogue',
    })),
  );
  await appendCategorised(t, {
    type: 'transactions.categorised',
    statementId,
    accountId: id('account', data.accountId),
    occurredAt: envelope.occurredAt,
    rows: rows.map(({ row, reading }) => ({
      transactionId: row.transactionId,
      businessDate: row.businessDate,
      ...reading,
    })),
  });
  const progress = await bumpCategorised(t, statementId, rows.length);
  if (!progress.isComplete) return undefined;
  return () => dependencies.signalCategorised(t.tenantId, statementId);
}

async function passOnReversed(t: TenantHandle, envelope: Envelope): Promise<void> {
  const data = reversedSchema.parse(envelope.data);
  await appendCategorised(t, {
    type: 'transactions.reversed',
    statementId: id('statement', data.statementId),
    accountId: id('account', data.accountId),
    occurredAt: envelope.occurredAt,
    rows: data.rows,
  });
}

interface CategorisedEvent {
  type: 'transactions.categorised' | 'transactions.reversed';
  statementId: StatementId;
  accountId: AccountId;
  occurredAt: string;
  rows: readonly Record<string, unknown>[];
}

async function appendCategorised(t: TenantHandle, event: CategorisedEvent): Promise<void> {
  const { type, statementId, accountId, rows } = event;
  await appendEvents(t, [
    {
      topic: 'transactions.categorized',
      key: `${t.tenantId}:${accountId}`,
      type,
      version: 1,
      isPersonal: false,
      data: { statementId, accountId, rows },
    },
  ]);
}
