/**
 * The categoriser: sees to it that every posted row has a category, counts how far a statement has
 * come and tells the statement's run when its last row is done. What the catalogue makes of a row is
 * known since the row was read, so only rows without a category are opened here.
 */
import { z } from 'zod';
import type { TenantHandle } from '../db/database.ts';
import { appendEvents } from '../db/outbox.ts';
import { bumpCategorised } from '../db/statements.ts';
import { adoptChoices, listUncategorised, setCategories } from '../db/transaction-categories.ts';
import { categorise } from '../domain/categories/categorise.ts';
import { id, type AccountId, type StatementId, type TenantId } from '../domain/ids.ts';
import { businessDate, type BusinessDate } from '../domain/time.ts';
import { runConsumer, type AfterCommit, type ConsumerDependencies } from './kafka/consumer.ts';
import type { Envelope } from './kafka/envelope.ts';

export interface CategorizerDependencies extends ConsumerDependencies {
  /** Tells the statement's run that every row has its category; harmless when repeated. */
  signalCategorised(tenantId: TenantId, statementId: StatementId): Promise<void>;
}

const postedSchema = z.object({
  statementId: z.uuid(),
  accountId: z.uuid(),
  fromOrdinal: z.int().min(0),
  toOrdinal: z.int().min(0),
  newRows: z.int().min(0),
  days: z.array(z.string()),
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
  const { newRows, days, ...data } = postedSchema.parse(envelope.data);
  const statementId = id('statement', data.statementId);
  const accountId = id('account', data.accountId);
  const place = { ...data, statementId };
  await adoptChoices(t, accountId, place);
  const bare = await listUncategorised(t, place);
  await setCategories(
    t,
    bare.map(({ transactionId, ...subject }) => ({
      transactionId,
      ...categorise(subject),
      source: 'catalogue',
    })),
  );
  await appendCategorised(t, {
    type: 'transactions.categorised',
    statementId,
    accountId,
    days: days.map(businessDate),
  });
  const progress = await bumpCategorised(t, statementId, newRows);
  if (!progress.isComplete) return undefined;
  return () => dependencies.signalCategorised(t.tenantId, statementId);
}

async function passOnReversed(t: TenantHandle, envelope: Envelope): Promise<void> {
  const data = reversedSchema.parse(envelope.data);
  await appendCategorised(t, {
    type: 'transactions.reversed',
    statementId: id('statement', data.statementId),
    accountId: id('account', data.accountId),
    days: [...new Set(data.rows.map((row) => businessDate(row.businessDate)))].sort(),
  });
}

interface CategorisedEvent {
  type: 'transactions.categorised' | 'transactions.reversed';
  statementId: StatementId;
  accountId: AccountId;
  /** Business dates whose figures the rows change. */
  days: readonly BusinessDate[];
}

async function appendCategorised(t: TenantHandle, event: CategorisedEvent): Promise<void> {
  const { type, ...data } = event;
  await appendEvents(t, [
    {
      topic: 'transactions.categorized',
      key: `${t.tenantId}:${event.accountId}`,
      type,
      version: 2,
      isPersonal: false,
      data,
    },
  ]);
}
