/** Many rows changed at once, whatever is changed of them: asked for, carried out and taken back. */
import type { RowChangeId } from '../domain/ids.ts';
import { appendAudit } from './audit.ts';
import type { TenantHandle } from './database.ts';
import { appendRecategorised } from './row-categories.ts';
import { applyCategoryChunk, takeBackCategoryChunk } from './row-category-changes.ts';
import {
  beginTakingBack,
  findChange,
  findChangeAskedAs,
  openChange,
  type RowChange,
  type BulkDeed,
} from './row-changes.ts';
import { applyTagsChunk, takeBackTagsChunk } from './row-tag-changes.ts';
import { conditionOf, type TransactionFilter } from './transaction-filter.ts';
import { summariseTransactions } from './transactions.ts';

export interface BulkWish {
  deed: BulkDeed;
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
  const { deed, filter, expectedCount, actor, requestId, askedAs } = wish;
  const known = await findChangeAskedAs(t, askedAs);
  if (known !== undefined) return { ok: true, change: known };
  const { count } = await summariseTransactions(t, filter);
  if (count !== expectedCount) return { ok: false, refusal: 'selection-changed', count };
  if (count > changedRowsMax) return { ok: false, refusal: 'selection-too-large', count };
  const change = await openChange(t, {
    ...{ deed, actor, askedAs, rows: await conditionOf(t, filter) },
  });
  const { id: changeId, rowCount, inCents, outCents } = change;
  const action = deed.kind === 'category' ? 'transactions.categorise' : 'transactions.mark';
  await appendAudit(t, {
    ...{ actor, action, objectKind: 'row-change' },
    ...{ objectId: changeId, requestId },
    detail: { ...saidOf(change), rowCount, inCents, outCents },
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
  await appendAudit(t, {
    ...{ actor, action: 'transactions.take-back', objectKind: 'row-change' },
    ...{ objectId: changeId, requestId },
    detail: { ...saidOf(change), rowCount: change.rowCount },
  });
  return change;
}

/** What the audit log, which nobody can rewrite, says of a change: how many tags, never the words. */
function saidOf({ kind, category, tagsAdded, tagsRemoved }: RowChange) {
  return kind !== 'tags' ? { category } : { added: tagsAdded.length, removed: tagsRemoved.length };
}

const steps = {
  category: { apply: applyCategoryChunk, takeBack: takeBackCategoryChunk },
  split: { apply: applyCategoryChunk, takeBack: takeBackCategoryChunk },
  tags: { apply: applyTagsChunk, takeBack: takeBackTagsChunk },
};

/** One chunk of whatever is to be done for a change, with its events; whether that was the last. */
export async function stepChange(
  t: TenantHandle,
  changeId: RowChangeId,
  limit: number,
): Promise<boolean> {
  const change = await findChange(t, changeId);
  if (change === undefined) return true;
  const { apply, takeBack } = steps[change.kind];
  const step = change.status === 'undoing' ? takeBack : apply;
  const { touched, isDone } = await step(t, changeId, limit);
  await appendRecategorised(t, change, touched);
  return isDone;
}
