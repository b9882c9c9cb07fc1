/** Categories chosen by hand: the change, its events and its place in the audit log, all at once. */
import { sql } from 'kysely';
import type { Category } from '../domain/categories/terms.ts';
import type { RowChangeId, TransactionId } from '../domain/ids.ts';
import { split } from '../domain/statements/parts.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import { appendEvents } from './outbox.ts';
import { applyCategoryChunk } from './row-category-changes.ts';
import type { TouchedDays } from './row-change-chunks.ts';
import { findChangeAskedAs, lockCategory, openChange, type RowChange } from './row-changes.ts';
import { findTransaction, type TransactionDetail } from './transactions.ts';

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
 * not under the category it was seen under, or is split into parts that have categories of their own.
 */
export async function chooseCategory(
  t: TenantHandle,
  wish: CategoryWish,
): Promise<
  | { changeId: RowChangeId; transaction: TransactionDetail }
  | 'changed-meanwhile'
  | 'is-split'
  | undefined
> {
  const { transactionId, was } = wish;
  const now = await lockCategory(t, transactionId);
  if (now === undefined) return undefined;
  const known = await findChangeAskedAs(t, wish.askedAs);
  if (known === undefined && now.category !== was) return 'changed-meanwhile';
  if (known === undefined && now.category === split) return 'is-split';
  const changeId = known?.id ?? (await putOne(t, wish));
  const transaction = await findTransaction(t, transactionId);
  if (transaction === undefined) throw new Error('a locked row is there');
  return { changeId, transaction };
}

async function putOne(t: TenantHandle, wish: CategoryWish): Promise<RowChangeId> {
  const { transactionId, category, was, actor, requestId, askedAs } = wish;
  const rows = sql`x.id = ${transactionId} and x.reversed_at is null`;
  const change = await openChange(t, {
    ...{ deed: { kind: 'category', category }, actor, rows, askedAs },
  });
  const { touched } = await applyCategoryChunk(t, change.id, 1);
  await appendRecategorised(t, change, touched);
  await appendAudit(t, {
    ...{ actor, action: 'transaction.categorise', objectKind: 'transaction' },
    ...{ objectId: transactionId, requestId },
    detail: { changeId: change.id, category, was },
  });
  return change.id;
}

/** Tells whose figures have to be counted again, who changed them and why; one event per account. */
export async function appendRecategorised(
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
