/** Categories chosen by hand: the change, its events and its place in the audit log, all at once. */
import { sql } from 'kysely';
import type { Category } from '../domain/categories/terms.ts';
import type { RowChangeId, TransactionId } from '../domain/ids.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import { appendEvents } from './outbox.ts';
import {
  applyChunk,
  beginTakingBack,
  findChange,
  findChangeAskedAs,
  lockCategory,
  openChange,
  takeBackChunk,
  type RowChange,
  type TouchedDays,
} from './row-changes.ts';
import { conditionOf, type TransactionFilter } from './transaction-filter.ts';
import { findTransaction, summariseTransactions, type TransactionDetail } from './transactions.ts';

export interface CategoryWish {
  transactionId: TransactionId;
  category: Category;
  /** What whoever asks believes it to be. */
  was: string | null;
  actor: string;
  requestId: string;
  askedAs: RowChangeId;
}

/**
 * Puts one live row under a category; undefined when there is no such row. Does nothing when it is
 * not under the category it was seen under.
 */
export async function chooseCategory(
  t: TenantHandle,
  wish: CategoryWish,
): Promise<
  { changeId: RowChangeId; transaction: TransactionDetail } | 'changed-meanwhile' | undefined
> {
  const { transactionId, was } = wish;
  const now = await lockCategory(t, transactionId);
  if (now === undefined) return undefined;
  const known = await findChangeAskedAs(t, wish.askedAs);
  if (known === undefined && now.category !== was) return 'changed-meanwhile';
  const changeId = known?.id ?? (await putOne(t, wish));
  const transaction = await findTransaction(t, transactionId);
  if (transaction === undefined) throw new Error('a locked row is there');
  return { changeId, transaction };
}

async function putOne(t: TenantHandle, wish: CategoryWish): Promise<RowChangeId> {
  const { transactionId, category, was, actor, requestId, askedAs } = wish;
  const rows = sql`x.id = ${transactionId} and x.reversed_at is null`;
  const change = await openChange(t, { category, actor, rows, askedAs });
  const { touched } = await applyChunk(t, change.id, 1);
  await appendRecategorised(t, change, touched);
  await appendAudit(t, {
    ...{ actor, action: 'transaction.categorise', objectKind: 'transaction' },
    ...{ objectId: transactionId, requestId },
    detail: { changeId: change.id, category, was },
  });
  return change.id;
}

export interface BulkWish {
  category: Category;
  filter: TransactionFilter;
  /** How many rows whoever asks believes these to be. */
  expectedCount: number;
  actor: string;
  requestId: string;
  askedAs: RowChangeId;
}

export type BulkOutcome =
  | { ok: true; change: RowChange }
  | { ok: false; refusal: 'selection-changed' | 'selection-too-large'; count: number };

/** As many rows as one change may have. */
export const changedRowsMax = 250_000;

/** Notes a change of everything a filter selects, unless that is no longer what was seen. */
export async function openBulkChange(t: TenantHandle, wish: BulkWish): Promise<BulkOutcome> {
  const { category, filter, expectedCount, actor, requestId, askedAs } = wish;
  const known = await findChangeAskedAs(t, askedAs);
  if (known !== undefined) return { ok: true, change: known };
  const { count } = await summariseTransactions(t, filter);
  if (count !== expectedCount) return { ok: false, refusal: 'selection-changed', count };
  if (count > changedRowsMax) return { ok: false, refusal: 'selection-too-large', count };
  const change = await openChange(t, {
    ...{ category, actor, askedAs, rows: await conditionOf(t, filter) },
  });
  const { id: changeId, rowCount, inCents, outCents } = change;
  await appendAudit(t, {
    ...{ actor, action: 'transactions.categorise', objectKind: 'row-change' },
    ...{ objectId: changeId, requestId },
    detail: { category, rowCount, inCents, outCents },
  });
  return { ok: true, change };
}

/** Begins to take a finished change back; undefined when it is none, or was taken back before. */
export async function openTakingBack(
  t: TenantHandle,
  { changeId, actor, requestId }: { changeId: RowChangeId; actor: string; requestId: string },
): Promise<RowChange | undefined> {
  const change = await beginTakingBack(t, changeId, actor);
  if (change === undefined) return undefined;
  const { category, rowCount } = change;
  await appendAudit(t, {
    ...{ actor, action: 'transactions.take-back', objectKind: 'row-change' },
    ...{ objectId: changeId, requestId },
    detail: { category, rowCount },
  });
  return change;
}

/** One chunk of whatever is to be done for a change, with its events; whether that was the last. */
export async function stepChange(
  t: TenantHandle,
  changeId: RowChangeId,
  limit: number,
): Promise<boolean> {
  const change = await findChange(t, changeId);
  if (change === undefined) return true;
  const step = change.status === 'undoing' ? takeBackChunk : applyChunk;
  const { touched, isDone } = await step(t, changeId, limit);
  await appendRecategorised(t, change, touched);
  return isDone;
}

/** Tells whose figures have to be counted again, who changed them and why; one event per account. */
async function appendRecategorised(
  t: TenantHandle,
  change: Pick<RowChange, 'id' | 'category' | 'actor' | 'undoneBy'>,
  touched: readonly TouchedDays[],
): Promise<void> {
  const { id: changeId, category, actor, undoneBy } = change;
  await appendEvents(
    t,
    touched.map(({ accountId, days, rowCount }) => ({
      topic: 'transactions.categorized',
      key: `${t.tenantId}:${accountId}`,
      type: 'transactions.recategorised',
      version: 1,
      isPersonal: false,
      data: {
        ...{ accountId, days, rowCount, changeId, category },
        actor: undoneBy ?? actor,
        reason: undoneBy === null ? 'by-hand' : 'taken-back',
      },
    })),
  );
}
