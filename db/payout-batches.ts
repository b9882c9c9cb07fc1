/** Batches of payouts and their rows; a row keeps which payout it became last. */
import { sql } from 'kysely';
import type { DisbursementKind, ShownStatus } from '../domain/disbursements/terms.ts';
import type { DisbursementId, PayoutBatchId, ShortcodeId } from '../domain/ids.ts';
import { cents, type Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import { statusShown, type PayoutSecrets } from './disbursements.ts';
import type { BatchStatus } from './payout-tables.ts';

export interface PayoutBatch {
  id: PayoutBatchId;
  shortcodeId: ShortcodeId;
  kind: DisbursementKind;
  name: string;
  source: 'api' | 'csv' | 'xlsx';
  status: BatchStatus;
  rowCount: number;
  errorCount: number;
  totalCents: Cents;
  round: number;
  requestedBy: string;
  submittedBy: string | null;
  approvedBy: string | null;
  reason: string | null;
  workflowId: string;
  createdAt: Instant;
  submittedAt: Instant | null;
  approvedAt: Instant | null;
  finishedAt: Instant | null;
  version: number;
}

/** A row as read: either payable, or with the problem that keeps it from being paid. */
export interface NewBatchRow {
  ordinal: number;
  /** What the row said; for a row with a problem as much as could be read. */
  secrets: PayoutSecrets | { raw: string };
  payeeMasked: string;
  amountCents: Cents | null;
  problem: { code: string; detail: string } | null;
}

export interface BatchRow {
  ordinal: number;
  secrets: PayoutSecrets | { raw: string };
  payeeMasked: string;
  amountCents: Cents | null;
  problem: string | null;
  problemDetail: string | null;
  disbursementId: DisbursementId | null;
  status: ShownStatus | null;
  receipt: string | null;
  refusalCode: string | null;
  refusalDetail: string | null;
}

export const rowContext = 'payout batch row';

export async function insertBatch(
  t: TenantHandle,
  batch: Pick<
    PayoutBatch,
    'id' | 'shortcodeId' | 'kind' | 'name' | 'source' | 'requestedBy' | 'workflowId' | 'totalCents'
  >,
  rows: readonly NewBatchRow[],
): Promise<void> {
  await t.query
    .insertInto('payout_batches')
    .values({
      tenant_id: t.tenantId,
      id: batch.id,
      shortcode_id: batch.shortcodeId,
      kind: batch.kind,
      name: batch.name,
      source: batch.source,
      row_count: rows.length,
      error_count: rows.filter(({ problem }) => problem !== null).length,
      total_cents: batch.totalCents,
      requested_by: batch.requestedBy,
      workflow_id: batch.workflowId,
    })
    .execute();
  await t.query
    .insertInto('payout_batch_rows')
    .values(
      rows.map((row) => ({
        tenant_id: t.tenantId,
        batch_id: batch.id,
        ordinal: row.ordinal,
        row_sealed: t.seal.seal(JSON.stringify(row.secrets), rowContext),
        payee_masked: row.payeeMasked,
        amount_cents: row.amountCents,
        problem: row.problem?.code ?? null,
        problem_detail: row.problem?.detail ?? null,
      })),
    )
    .execute();
}

export async function findBatch(
  t: TenantHandle,
  batchId: PayoutBatchId,
  { lock = false } = {},
): Promise<PayoutBatch | undefined> {
  const query = t.query.selectFrom('payout_batches').selectAll().where('id', '=', batchId);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  return row && toBatch(row);
}

/** Those of these batches that are there. */
export async function findBatches(
  t: TenantHandle,
  batchIds: readonly PayoutBatchId[],
): Promise<PayoutBatch[]> {
  const rows = await t.query
    .selectFrom('payout_batches')
    .selectAll()
    .where('id', 'in', batchIds)
    .execute();
  return rows.map(toBatch);
}

/** A page of batches, newest first. */
export async function listBatches(
  t: TenantHandle,
  page: {
    status?: readonly BatchStatus[];
    after?: { createdAt: Instant; id: PayoutBatchId };
    limit: number;
  },
): Promise<PayoutBatch[]> {
  const { status, after, limit } = page;
  let query = t.query.selectFrom('payout_batches').selectAll();
  if (status !== undefined) query = query.where('status', 'in', status);
  if (after !== undefined) {
    const place = sql`(${after.createdAt}::timestamptz, ${after.id}::uuid)`;
    query = query.where(sql<boolean>`(created_at, id) < ${place}`);
  }
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toBatch);
}

export interface BatchMove {
  from: readonly BatchStatus[];
  to: BatchStatus;
  submittedBy?: string;
  approvedBy?: string;
  reason?: string;
  round?: number;
  workflowId?: string;
}

/** Moves a batch from one of the given statuses; undefined when it is in another. */
export async function moveBatch(
  t: TenantHandle,
  batchId: PayoutBatchId,
  move: BatchMove,
): Promise<PayoutBatch | undefined> {
  const { from, to, submittedBy, approvedBy, reason, round, workflowId } = move;
  const isEnd = ['finished', 'rejected', 'cancelled', 'expired'].includes(to);
  const row = await t.query
    .updateTable('payout_batches')
    .set({
      status: to,
      ...(submittedBy === undefined ? {} : { submitted_by: submittedBy }),
      ...(approvedBy === undefined ? {} : { approved_by: approvedBy }),
      ...(reason === undefined ? {} : { reason }),
      ...(round === undefined ? {} : { round }),
      ...(workflowId === undefined ? {} : { workflow_id: workflowId }),
    })
    .set({
      version: sql`version + 1`,
      ...(submittedBy === undefined ? {} : { submitted_at: sql<Instant>`now()` }),
      ...(approvedBy === undefined ? {} : { approved_at: sql<Instant>`now()` }),
      ...(isEnd ? { finished_at: sql<Instant>`now()` } : {}),
    })
    .where('id', '=', batchId)
    .where('status', 'in', from)
    .returningAll()
    .executeTakeFirst();
  return row && toBatch(row);
}

/** Rows in the order of the file, with what became of them. */
export async function listBatchRows(
  t: TenantHandle,
  page: {
    batchId: PayoutBatchId;
    afterOrdinal: number;
    limit: number;
    isPayable?: boolean;
    /** Only rows in one of these states; `error` stands for a row that cannot be paid. */
    states?: readonly (ShownStatus | 'error' | 'waiting')[];
  },
): Promise<BatchRow[]> {
  const { batchId, afterOrdinal, limit, isPayable = false, states } = page;
  let query = t.query
    .selectFrom('payout_batch_rows as r')
    .leftJoin('disbursements as d', (join) =>
      join.onRef('d.tenant_id', '=', 'r.tenant_id').onRef('d.id', '=', 'r.disbursement_id'),
    )
    .select(['r.ordinal', 'r.row_sealed', 'r.payee_masked', 'r.amount_cents', 'r.problem'])
    .select(['r.problem_detail', 'r.disbursement_id', 'd.receipt'])
    .select(statusShown('d').as('status'))
    .select(['d.refusal_code', 'd.refusal_detail'])
    .where('r.batch_id', '=', batchId)
    .where('r.ordinal', '>', afterOrdinal);
  if (isPayable) query = query.where('r.problem', 'is', null);
  if (states !== undefined) {
    query = query.where(
      sql<boolean>`case when r.problem is not null then 'error'
        else coalesce(${statusShown('d')}, 'waiting') end = any(${[...states]}::text[])`,
    );
  }
  const rows = await query.orderBy('r.ordinal').limit(limit).execute();
  return rows.map((row) => ({
    ordinal: row.ordinal,
    secrets: JSON.parse(t.seal.open(row.row_sealed, rowContext)),
    payeeMasked: row.payee_masked,
    amountCents: row.amount_cents,
    problem: row.problem,
    problemDetail: row.problem_detail,
    disbursementId: row.disbursement_id,
    status: row.status,
    receipt: row.receipt,
    refusalCode: row.refusal_code,
    refusalDetail: row.refusal_detail,
  }));
}

/** Notes which payout a row became. */
export async function linkRow(
  t: TenantHandle,
  link: { batchId: PayoutBatchId; ordinal: number; disbursementId: DisbursementId },
): Promise<void> {
  await t.query
    .updateTable('payout_batch_rows')
    .set({ disbursement_id: link.disbursementId })
    .where('batch_id', '=', link.batchId)
    .where('ordinal', '=', link.ordinal)
    .execute();
}

export interface RowCounts {
  waiting: number;
  paid: number;
  /** Paid, and came back whole. */
  returned: number;
  refused: number;
  /** Taken back by a person before they were sent; no retry pays them. */
  calledBack: number;
  open: number;
  errors: number;
  /** What was paid and is still away. */
  paidCents: Cents;
  returnedCents: Cents;
  /** What a retry would pay. */
  refusedCents: Cents;
}

/** How the rows of a batch stand; `refused` counts what ended unpaid though nobody took it back. */
export async function countRows(t: TenantHandle, batchId: PayoutBatchId): Promise<RowCounts> {
  return (await countRowsOf(t, [batchId]))(batchId);
}

/** The same for several batches at once. */
export async function countRowsOf(
  t: TenantHandle,
  batchIds: readonly PayoutBatchId[],
): Promise<(batchId: PayoutBatchId) => RowCounts> {
  const found = await sql<RowCounts & { batchId: PayoutBatchId }>`
    select r.batch_id as "batchId", count(*) filter (where r.problem is null and d.id is null) as waiting,
      count(*) filter (where d.status = 'paid' and d.returned_cents < d.amount_cents) as paid,
      count(*) filter (where d.returned_cents = d.amount_cents) as returned,
      count(*) filter (where d.status in ('refused', 'expired')) as refused,
      count(*) filter (where d.status = 'cancelled') as "calledBack",
      count(*) filter (where d.status not in ('paid', 'refused', 'cancelled', 'expired')) as open,
      count(r.problem) as errors,
      coalesce(sum(d.amount_cents - d.returned_cents) filter (where d.status = 'paid'), 0)::bigint
        as "paidCents",
      coalesce(sum(d.returned_cents), 0)::bigint as "returnedCents",
      coalesce(sum(d.amount_cents) filter (where d.status in ('refused', 'expired')), 0)::bigint
        as "refusedCents"
    from ${t.table('payout_batch_rows')} r
    left join ${t.table('disbursements')} d
      on d.tenant_id = r.tenant_id and d.id = r.disbursement_id
    where r.batch_id = any(${[...batchIds]}::uuid[]) group by r.batch_id`.execute(t.query);
  const byId = new Map(found.rows.map(({ batchId, ...counts }) => [batchId, counts]));
  return (batchId) => byId.get(batchId) ?? noRows;
}

const zero = cents(0);
const noRows: RowCounts = {
  ...{ waiting: 0, paid: 0, returned: 0, refused: 0, calledBack: 0, open: 0, errors: 0 },
  ...{ paidCents: zero, returnedCents: zero, refusedCents: zero },
};

function toBatch(row: {
  id: PayoutBatchId;
  shortcode_id: ShortcodeId;
  kind: DisbursementKind;
  name: string;
  source: 'api' | 'csv' | 'xlsx';
  status: BatchStatus;
  row_count: number;
  error_count: number;
  total_cents: Cents;
  round: number;
  requested_by: string;
  submitted_by: string | null;
  approved_by: string | null;
  reason: string | null;
  workflow_id: string;
  created_at: Instant;
  submitted_at: Instant | null;
  approved_at: Instant | null;
  finished_at: Instant | null;
  version: number;
}): PayoutBatch {
  const { id, kind, name, source, status, round, reason, version } = row;
  return {
    ...{ id, kind, name, source, status, round, reason, version },
    shortcodeId: row.shortcode_id,
    rowCount: row.row_count,
    errorCount: row.error_count,
    totalCents: row.total_cents,
    requestedBy: row.requested_by,
    submittedBy: row.submitted_by,
    approvedBy: row.approved_by,
    workflowId: row.workflow_id,
    createdAt: row.created_at,
    submittedAt: row.submitted_at,
    approvedAt: row.approved_at,
    finishedAt: row.finished_at,
  };
}
