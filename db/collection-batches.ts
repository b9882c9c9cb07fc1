/** Batches of collections from a file: every row keeps its state, and none is sent twice. */
import { sql, type Selectable } from 'kysely';
import { failedStatuses, type CollectionStatus } from '../domain/collections/terms.ts';
import type { CollectionId, ShortcodeId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type {
  BatchStatus,
  CollectionBatchesTable,
  CollectionBatchId,
} from './collection-tables.ts';
import type { TenantHandle } from './database.ts';

export interface CollectionBatch {
  id: CollectionBatchId;
  shortcodeId: ShortcodeId;
  fileName: string;
  status: BatchStatus;
  rowCount: number;
  badRowCount: number;
  amountCents: Cents;
  /** How often its failed rows were tried again. */
  round: number;
  workflowId: string;
  createdBy: string;
  createdAt: Instant;
  version: number;
}

/** What a row asks for, as uploaded. */
export interface BatchRowWords {
  msisdn: string;
  reference: string;
  description: string;
}

export interface NewBatchRow {
  rowNumber: number;
  /** Why it cannot be sent; null when it can. */
  problem: string | null;
  amountCents: Cents | null;
  msisdnMasked: string | null;
  words: BatchRowWords;
}

export type NewBatch = Omit<CollectionBatch, 'status' | 'round' | 'createdAt' | 'version'>;

export const rowContext = 'collection-batch.row';
const insertMax = 500;

export async function insertBatch(
  t: TenantHandle,
  batch: NewBatch,
  rows: readonly NewBatchRow[],
): Promise<void> {
  await t.query
    .insertInto('collection_batches')
    .values({
      tenant_id: t.tenantId,
      id: batch.id,
      shortcode_id: batch.shortcodeId,
      file_name: batch.fileName,
      row_count: batch.rowCount,
      bad_row_count: batch.badRowCount,
      amount_cents: batch.amountCents,
      workflow_id: batch.workflowId,
      created_by: batch.createdBy,
    })
    .execute();
  for (let from = 0; from < rows.length; from += insertMax) {
    const values = rows.slice(from, from + insertMax).map((row) => ({
      tenant_id: t.tenantId,
      batch_id: batch.id,
      row_number: row.rowNumber,
      problem: row.problem,
      amount_cents: row.amountCents,
      msisdn_masked: row.msisdnMasked,
      sealed: t.seal.seal(JSON.stringify(row.words), rowContext),
    }));
    await t.query.insertInto('collection_batch_rows').values(values).execute();
  }
}

export async function findBatch(
  t: TenantHandle,
  batchId: CollectionBatchId,
): Promise<CollectionBatch | undefined> {
  const row = await t.query
    .selectFrom('collection_batches')
    .selectAll()
    .where('id', '=', batchId)
    .executeTakeFirst();
  return row && toBatch(row);
}

/** Moves a batch on; undefined when it is not in one of the statuses. */
export async function moveBatch(
  t: TenantHandle,
  batchId: CollectionBatchId,
  move: { to: BatchStatus; whenStatus: readonly BatchStatus[] },
): Promise<CollectionBatch | undefined> {
  const row = await t.query
    .updateTable('collection_batches')
    .set({ status: move.to, version: sql`version + 1` })
    .where('id', '=', batchId)
    .where('status', 'in', move.whenStatus)
    .returningAll()
    .executeTakeFirst();
  return row && toBatch(row);
}

/** Newest first. */
export async function listBatches(
  t: TenantHandle,
  request: {
    limit: number;
    status?: readonly BatchStatus[];
    after?: { createdAt: Instant; id: CollectionBatchId };
  },
): Promise<CollectionBatch[]> {
  let query = t.query.selectFrom('collection_batches').selectAll();
  const { after, status } = request;
  if (status !== undefined) query = query.where('status', 'in', status);
  if (after !== undefined) {
    query = query.where(
      sql<boolean>`(created_at, id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`,
    );
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(request.limit)
    .execute();
  return rows.map(toBatch);
}

/** `invalid`, `waiting`, or the status of its collection. */
export type BatchRowState = 'invalid' | 'waiting' | CollectionStatus;

export interface BatchRow {
  rowNumber: number;
  state: BatchRowState;
  problem: string | null;
  amountCents: Cents | null;
  msisdnMasked: string | null;
  reference: string;
  collectionId: CollectionId | null;
  receipt: string | null;
  /** The provider's code of the end; null while it has none. */
  resultCode: string | null;
  resultDetail: string | null;
}

/** The rows in the order of the file, after the given one. */
export async function listBatchRows(
  t: TenantHandle,
  batchId: CollectionBatchId,
  page: { afterRow: number; limit: number; states?: readonly BatchRowState[] },
): Promise<BatchRow[]> {
  let query = t.query
    .selectFrom('collection_batch_rows as r')
    .leftJoin('collections as c', 'c.id', 'r.collection_id')
    .select(['r.row_number', 'r.problem', 'r.amount_cents', 'r.msisdn_masked', 'r.sealed'])
    .select(['r.collection_id', 'c.status', 'c.receipt', 'c.result_code'])
    .select('c.result_detail')
    .where('r.batch_id', '=', batchId)
    .where('r.row_number', '>', page.afterRow);
  if (page.states !== undefined) {
    query = query.where(
      sql<boolean>`case when r.problem is not null then 'invalid'
        else coalesce(c.status, 'waiting') end = any(${[...page.states]}::text[])`,
    );
  }
  const rows = await query.orderBy('r.row_number').limit(page.limit).execute();
  return rows.map((row) => ({
    rowNumber: row.row_number,
    state: row.problem === null ? (row.status ?? 'waiting') : 'invalid',
    problem: row.problem,
    amountCents: row.amount_cents,
    msisdnMasked: row.msisdn_masked,
    reference: wordsOf(t, row.sealed).reference,
    collectionId: row.collection_id,
    receipt: row.receipt,
    resultCode: row.result_code,
    resultDetail: row.result_detail,
  }));
}

/** Rows by state, for the head of the page. */
export async function countBatchRows(
  t: TenantHandle,
  batchId: CollectionBatchId,
): Promise<Record<string, { count: number; amountCents: Cents }>> {
  const found = await sql<{ state: string; count: number; amountCents: Cents }>`
    select case when r.problem is not null then 'invalid' else coalesce(c.status, 'waiting') end
        as state,
      count(*) as count, coalesce(sum(r.amount_cents), 0)::bigint as "amountCents"
    from ${t.table('collection_batch_rows')} r
    left join ${t.table('collections')} c on c.tenant_id = r.tenant_id and c.id = r.collection_id
    where r.batch_id = ${batchId} group by 1`.execute(t.query);
  return Object.fromEntries(
    found.rows.map(({ state, count, amountCents }) => [state, { count, amountCents }]),
  );
}

export interface WaitingRow {
  rowNumber: number;
  amountCents: Cents;
  words: BatchRowWords;
  msisdnMasked: string;
}

/** The next rows without a collection, held until the transaction ends. */
export async function nextBatchRows(
  t: TenantHandle,
  batchId: CollectionBatchId,
  limit: number,
): Promise<WaitingRow[]> {
  const rows = await t.query
    .selectFrom('collection_batch_rows')
    .selectAll()
    .where('batch_id', '=', batchId)
    .where('problem', 'is', null)
    .where('collection_id', 'is', null)
    .orderBy('row_number')
    .limit(limit)
    .forUpdate()
    .execute();
  return rows.flatMap((row) =>
    row.amount_cents === null || row.msisdn_masked === null
      ? []
      : {
          rowNumber: row.row_number,
          amountCents: row.amount_cents,
          words: wordsOf(t, row.sealed),
          msisdnMasked: row.msisdn_masked,
        },
  );
}

export async function tieBatchRow(
  t: TenantHandle,
  tie: { batchId: CollectionBatchId; rowNumber: number; collectionId: CollectionId },
): Promise<void> {
  await t.query
    .updateTable('collection_batch_rows')
    .set({ collection_id: tie.collectionId })
    .where('batch_id', '=', tie.batchId)
    .where('row_number', '=', tie.rowNumber)
    .execute();
}

/**
 * Frees the rows that certainly brought no money, so that they are asked once more, and sets a batch
 * whose rows were all started to running again; undefined when it is not done or no row failed.
 */
export async function retryBatch(
  t: TenantHandle,
  again: { batchId: CollectionBatchId; workflowIdOf: (round: number) => string },
): Promise<CollectionBatch | undefined> {
  const held = await t.query
    .selectFrom('collection_batches')
    .select(['status', 'round'])
    .where('id', '=', again.batchId)
    .forUpdate()
    .executeTakeFirst();
  if (held?.status !== 'done') return undefined;
  const freed = await t.query
    .updateTable('collection_batch_rows as r')
    .from('collections as c')
    .set({ collection_id: null })
    .whereRef('c.id', '=', 'r.collection_id')
    .where('r.batch_id', '=', again.batchId)
    .where('c.status', 'in', failedStatuses)
    .executeTakeFirst();
  if (freed.numUpdatedRows === 0n) return undefined;
  const round = held.round + 1;
  const row = await t.query
    .updateTable('collection_batches')
    .set({ status: 'running', round, workflow_id: again.workflowIdOf(round) })
    .set({ version: sql`version + 1` })
    .where('id', '=', again.batchId)
    .returningAll()
    .executeTakeFirst();
  return row && toBatch(row);
}

function wordsOf(t: Pick<TenantHandle, 'seal'>, sealed: Buffer): BatchRowWords {
  return JSON.parse(t.seal.open(sealed, rowContext));
}

function toBatch(row: Selectable<CollectionBatchesTable>): CollectionBatch {
  const { id, status, round, version } = row;
  return {
    ...{ id, status, round, version },
    shortcodeId: row.shortcode_id,
    fileName: row.file_name,
    rowCount: row.row_count,
    badRowCount: row.bad_row_count,
    amountCents: row.amount_cents,
    workflowId: row.workflow_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}
