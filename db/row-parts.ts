/**
 * One row split into parts, each with its own category. A split is a change of the category to
 * `split`, with the parts beside it; notes of parts are sealed.
 */
import { sql } from 'kysely';
import type { Category } from '../domain/categories/terms.ts';
import type { RowChangeId, TransactionId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import { remainder } from '../domain/statements/parts.ts';
import { appendAudit } from './audit.ts';
import { openTakingBack, stepChange } from './bulk-changes.ts';
import type { TenantHandle } from './database.ts';
import { appendRecategorised } from './row-categories.ts';
import { applyCategoryChunk } from './row-category-changes.ts';
import { findChangeAskedAs, lockCategory, openChange } from './row-changes.ts';
import { partNoteContext } from './standing-parts.ts';
import { findTransaction, type TransactionDetail } from './transactions.ts';

export interface PartWish {
  category: Category;
  amountCents: Cents;
  note: string | null;
}

export interface SplitWish {
  transactionId: TransactionId;
  parts: readonly PartWish[];
  /** The category whoever asks believes it to be under. */
  was: string | null;
  actor: string;
  requestId: string;
  askedAs: RowChangeId;
}

export type SplitOutcome =
  | { changeId: RowChangeId; transaction: TransactionDetail }
  | 'not-found'
  | 'changed-meanwhile'
  | 'not-its-amount';

/** Splits a live row, or splits it otherwise; its parts have to sum to its amount. */
export async function splitRow(t: TenantHandle, wish: SplitWish): Promise<SplitOutcome> {
  const { transactionId, parts, was } = wish;
  const now = await lockCategory(t, transactionId);
  const before = await findTransaction(t, transactionId);
  if (now === undefined || before === undefined) return 'not-found';
  const known = await findChangeAskedAs(t, wish.askedAs);
  if (known !== undefined) return { changeId: known.id, transaction: before };
  if (now.category !== was) return 'changed-meanwhile';
  if (remainder(before.amountCents, parts) !== 0) return 'not-its-amount';
  const changeId = await putParts(t, wish, before);
  const transaction = await findTransaction(t, transactionId);
  if (transaction === undefined) throw new Error('a locked row is there');
  return { changeId, transaction };
}

async function putParts(
  t: TenantHandle,
  wish: SplitWish,
  before: TransactionDetail,
): Promise<RowChangeId> {
  const { transactionId, parts, actor, requestId, askedAs } = wish;
  const rows = sql`x.id = ${transactionId} and x.reversed_at is null`;
  const change = await openChange(t, { deed: { kind: 'split' }, actor, rows, askedAs });
  const notes = parts.map(({ note }) =>
    note === null ? null : t.seal.seal(note, partNoteContext),
  );
  await sql`
    insert into ${t.table('row_parts')} (tenant_id, account_id, identity, change_id, place,
      category, amount_cents, note_sealed)
    select r.tenant_id, r.account_id, r.identity, r.change_id, p.place, p.category,
      p.amount_cents, p.note
    from ${t.table('row_change_rows')} r
    cross join unnest(${parts.map(({ category }) => category)}::text[],
      ${parts.map(({ amountCents }) => amountCents)}::bigint[], ${notes}::bytea[])
      with ordinality as p (category, amount_cents, note, place)
    where r.change_id = ${change.id}`.execute(t.query);
  const { touched } = await applyCategoryChunk(t, change.id, 1);
  await appendRecategorised(t, change, touched);
  await appendAudit(t, {
    ...{ actor, action: 'transaction.split', objectKind: 'transaction' },
    ...{ objectId: transactionId, requestId },
    detail: { changeId: change.id, was: saidBefore(before), parts: parts.map(figures) },
  });
  return change.id;
}

/** Takes back every split of a live row, so that it says again what it said before the first. */
export async function joinRow(
  t: TenantHandle,
  wish: { transactionId: TransactionId; actor: string; requestId: string },
): Promise<TransactionDetail | undefined> {
  const { transactionId, actor, requestId } = wish;
  if ((await lockCategory(t, transactionId)) === undefined) return undefined;
  const before = await findTransaction(t, transactionId);
  if (before === undefined || before.parts.length === 0) return before;
  for (const { changeId, isKept } of await standingSplits(t, transactionId)) {
    if (isKept) await takeBackAgain(t, changeId, actor);
    else await openTakingBack(t, { changeId, actor, requestId });
    await stepChange(t, changeId, 1);
  }
  const after = await findTransaction(t, transactionId);
  await appendAudit(t, {
    ...{ actor, action: 'transaction.join', objectKind: 'transaction' },
    ...{ objectId: transactionId, requestId },
    detail: { was: saidBefore(before), category: after?.category ?? null },
  });
  return after;
}

/** Newest first, as they have to be taken back. */
async function standingSplits(
  t: TenantHandle,
  id: TransactionId,
): Promise<{ changeId: RowChangeId; isKept: boolean }[]> {
  const found = await sql<{ changeId: RowChangeId; isKept: boolean }>`
    select c.id as "changeId", r.state = 'kept' as "isKept"
    from ${t.table('row_change_rows')} r
    join ${t.table('row_changes')} c on c.id = r.change_id
    where r.transaction_id = ${id} and r.state in ('changed', 'kept') and c.kind = 'split'
    order by c.id desc`.execute(t.query);
  return found.rows;
}

/** One that was taken back while a later one stood on it, and so still holds, begins once more. */
async function takeBackAgain(t: TenantHandle, changeId: RowChangeId, actor: string): Promise<void> {
  await sql`
    update ${t.table('row_change_rows')} r set state = 'changed'
    where r.change_id = ${changeId} and r.state = 'kept'`.execute(t.query);
  await sql`
    update ${t.table('row_changes')} c
    set status = 'undoing', undone_by = ${actor}, undone_at = null
    where c.id = ${changeId}`.execute(t.query);
}

const figures = ({ category, amountCents }: { category: string; amountCents: Cents }) => ({
  category,
  amountCents,
});

/** Amounts and categories; notes are no matter of the audit log. */
function saidBefore({ category, parts }: TransactionDetail) {
  return { category, parts: parts.map(figures) };
}
