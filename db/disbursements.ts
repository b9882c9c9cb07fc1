/** Payouts: recorded before anything is done about them, and moved only along the status table. */
import { sql, type RawBuilder } from 'kysely';
import { statusesBefore } from '../domain/disbursements/status.ts';
import type {
  DisbursementKind,
  DisbursementStatus,
  Payee,
  ShownStatus,
} from '../domain/disbursements/terms.ts';
import type { DisbursementId, PayoutBatchId, ShortcodeId } from '../domain/ids.ts';
import type { Cents } from '../domain/money.ts';
import type { Instant } from '../domain/time.ts';
import type { TenantHandle } from './database.ts';
import type { TimelineEntry } from './payout-tables.ts';

/** What only the tenant may read: to whom, and what for. */
export interface PayoutSecrets {
  payee: Payee;
  /** The name the payee is known by here; empty when none was given. */
  payeeName: string;
  /** Shown to the payee by M-PESA. */
  remarks: string;
  /** The caller's own reference; null when none was given. */
  reference: string | null;
}

export interface Disbursement extends PayoutSecrets {
  id: DisbursementId;
  kind: DisbursementKind;
  purpose: 'payout' | 'refund';
  /** The shortcode's own money, money nobody has explained, or the credit of the customer `subjectId`. */
  drawsOn: 'purse' | 'suspense' | 'customer';
  shortcodeId: ShortcodeId;
  status: DisbursementStatus;
  amountCents: Cents;
  /** How much of it M-PESA gave back. */
  returnedCents: Cents;
  chargeCents: Cents;
  payeeMasked: string;
  /** Finds other payouts to the same payee without saying who it is. */
  payeeKey: string;
  batchId: PayoutBatchId | null;
  batchRow: number | null;
  subjectId: string | null;
  requestedBy: string;
  approvalReasons: string[];
  approvedBy: string | null;
  /** Our id of the sending, fixed before anything is sent. */
  originatorId: string;
  /** The provider's id of the sending where it gives one of its own; null until it is known. */
  providerOriginatorId: string | null;
  conversationId: string | null;
  receipt: string | null;
  isDisputed: boolean;
  needsAttention: boolean;
  refusalCode: string | null;
  providerCode: string | null;
  refusalDetail: string | null;
  workflowId: string;
  timeline: TimelineEntry[];
  createdAt: Instant;
  sentAt: Instant | null;
  finishedAt: Instant | null;
  version: number;
}

export interface NewDisbursement extends PayoutSecrets {
  id: DisbursementId;
  kind: DisbursementKind;
  purpose?: 'payout' | 'refund';
  drawsOn?: 'purse' | 'suspense' | 'customer';
  shortcodeId: ShortcodeId;
  amountCents: Cents;
  chargeCents: Cents;
  payeeMasked: string;
  batchId?: PayoutBatchId;
  batchRow?: number;
  subjectId?: string;
  requestedBy: string;
  /** Given when somebody agreed to all rows of a batch at once. */
  approvedBy?: string;
  workflowId: string;
}

export const sealContext = 'disbursement';

/** The text under which a payee is indexed: number and, for pay bills, the account. */
export function payeeText(payee: Payee): string {
  switch (payee.kind) {
    case 'msisdn':
      return payee.msisdn;
    case 'pay-bill':
      return `pay-bill ${payee.number} ${payee.accountReference.toUpperCase()}`;
    case 'till':
      return `till ${payee.number}`;
    case 'tax':
      return `tax ${payee.registrationNumber}`;
    case 'payer':
      return payee.msisdn ?? `payer of ${payee.receipt}`;
  }
}

/** The id under which a payout is sent: derived from its own id, so it can never be another one. */
export function originatorIdOf(disbursementId: DisbursementId): string {
  return `dft-${disbursementId.replaceAll('-', '')}`;
}

export async function insertDisbursement(
  t: TenantHandle,
  disbursement: NewDisbursement,
): Promise<void> {
  const { payee, payeeName, remarks, reference, requestedBy } = disbursement;
  const secrets: PayoutSecrets = { payee, payeeName, remarks, reference };
  const first = { status: 'requested', by: requestedBy } as const;
  await t.query
    .insertInto('disbursements')
    .values({
      tenant_id: t.tenantId,
      id: disbursement.id,
      kind: disbursement.kind,
      purpose: disbursement.purpose ?? 'payout',
      draws_on: disbursement.drawsOn ?? 'purse',
      shortcode_id: disbursement.shortcodeId,
      amount_cents: disbursement.amountCents,
      charge_cents: disbursement.chargeCents,
      payee_sealed: t.seal.seal(JSON.stringify(secrets), sealContext),
      payee_index: t.seal.index(payeeText(payee)),
      payee_masked: disbursement.payeeMasked,
      reference_index: reference === null ? null : t.seal.index(reference),
      batch_id: disbursement.batchId ?? null,
      batch_row: disbursement.batchRow ?? null,
      subject_id: disbursement.subjectId ?? null,
      requested_by: requestedBy,
      approved_by: disbursement.approvedBy ?? null,
      approval_reasons: JSON.stringify([]),
      originator_id: originatorIdOf(disbursement.id),
      workflow_id: disbursement.workflowId,
      timeline: sql<string>`jsonb_build_array(${timelineEntry(first)})`,
    })
    .execute();
}

export async function findDisbursement(
  t: TenantHandle,
  disbursementId: DisbursementId,
): Promise<Disbursement | undefined> {
  const row = await select(t).where('id', '=', disbursementId).executeTakeFirst();
  return row && toDisbursement(t, row);
}

/** Several payouts by id; those that do not exist are missing. */
export async function findDisbursements(
  t: TenantHandle,
  ids: readonly DisbursementId[],
): Promise<ReadonlyMap<DisbursementId, Disbursement>> {
  if (ids.length === 0) return new Map();
  const rows = await select(t).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, toDisbursement(t, row)]));
}

/** The payout, held against every other writer until the transaction ends. */
export async function lockDisbursement(
  t: TenantHandle,
  disbursementId: DisbursementId,
): Promise<Disbursement | undefined> {
  const row = await select(t).where('id', '=', disbursementId).forUpdate().executeTakeFirst();
  return row && toDisbursement(t, row);
}

export interface DisbursementMove {
  to: DisbursementStatus;
  /** Who or what brings it about: an actor, or the kind of evidence. */
  by: string;
  note?: string;
  approvedBy?: string;
  approvalReasons?: string[];
  conversationId?: string;
  receipt?: string;
  isDisputed?: boolean;
  refusal?: { code: string; providerCode: string | null; detail: string };
  isFinished?: boolean;
}

/**
 * Moves a payout along the status table; undefined when it is in a status from which it cannot go
 * there, and then nothing has changed.
 */
export async function moveDisbursement(
  t: TenantHandle,
  disbursementId: DisbursementId,
  move: DisbursementMove,
): Promise<Disbursement | undefined> {
  const { to, refusal, isFinished = false } = move;
  const sends = to === 'sending' ? { sends: 1 } : to === 'reserved' ? { sends: 0 } : {};
  const row = await t.query
    .updateTable('disbursements')
    .set({
      status: to,
      ...sends,
      ...(move.approvedBy === undefined ? {} : { approved_by: move.approvedBy }),
      ...(move.approvalReasons === undefined
        ? {}
        : { approval_reasons: JSON.stringify(move.approvalReasons) }),
      ...(move.conversationId === undefined ? {} : { conversation_id: move.conversationId }),
      ...(move.receipt === undefined ? {} : { receipt: move.receipt }),
      ...(move.isDisputed === undefined ? {} : { is_disputed: move.isDisputed }),
      ...(refusal === undefined
        ? {}
        : {
            refusal_code: refusal.code,
            provider_code: refusal.providerCode,
            refusal_detail: refusal.detail,
          }),
      ...(to === 'paid' ? { refusal_code: null, needs_attention: false } : {}),
    })
    .set({
      version: sql`version + 1`,
      timeline: sql<string>`timeline || ${timelineEntry({ ...move, status: to })}`,
      ...(to === 'sending' ? { sent_at: sql<Instant>`now()` } : {}),
      ...(isFinished ? { finished_at: sql<Instant>`now()` } : {}),
    })
    .where('id', '=', disbursementId)
    .where('status', 'in', statusesBefore(to))
    .returningAll()
    .executeTakeFirst();
  return row && toDisbursement(t, row);
}

/** Notes what is learnt beside the status. */
export async function noteOnDisbursement(
  t: TenantHandle,
  disbursementId: DisbursementId,
  note: { conversationId?: string; providerOriginatorId?: string; needsAttention?: boolean },
): Promise<void> {
  await t.query
    .updateTable('disbursements')
    .set({
      ...(note.conversationId === undefined ? {} : { conversation_id: note.conversationId }),
      ...(note.providerOriginatorId === undefined
        ? {}
        : { provider_originator_id: note.providerOriginatorId }),
      ...(note.needsAttention === undefined ? {} : { needs_attention: note.needsAttention }),
      version: sql`version + 1`,
    })
    .where('id', '=', disbursementId)
    .execute();
}

/** Notes how much of a paid payout came back, and with which receipt. */
export async function noteReturned(
  t: TenantHandle,
  disbursementId: DisbursementId,
  { amountCents, note }: { amountCents: Cents; note: string },
): Promise<Disbursement> {
  const row = await t.query
    .updateTable('disbursements')
    .set({
      returned_cents: amountCents,
      version: sql`version + 1`,
      timeline: sql<string>`timeline || ${timelineEntry({ status: 'returned', by: 'people', note })}`,
    })
    .where('id', '=', disbursementId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toDisbursement(t, row);
}

/** The status people are shown of a payout that is called `name` in the query. */
export function statusShown(name: string): RawBuilder<ShownStatus> {
  const [status, amount, returned] = ['status', 'amount_cents', 'returned_cents'].map((column) =>
    sql.ref(`${name}.${column}`),
  );
  return sql<ShownStatus>`case when ${returned} = ${amount} then 'returned' else ${status} end`;
}

function timelineEntry(entry: { status: ShownStatus; by: string; note?: string }) {
  const note = entry.note === undefined ? {} : { note: entry.note };
  const known = JSON.stringify({ status: entry.status, by: entry.by, ...note });
  return sql`(${known}::jsonb || jsonb_build_object('at',
    to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))`;
}

function select(t: TenantHandle) {
  return t.query.selectFrom('disbursements').selectAll();
}

export type DisbursementRow = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number];

export function toDisbursement(t: TenantHandle, row: DisbursementRow): Disbursement {
  const { id, kind, purpose, status, receipt, timeline, version } = row;
  const secrets: PayoutSecrets = JSON.parse(t.seal.open(row.payee_sealed, sealContext));
  return {
    ...secrets,
    ...{ id, kind, purpose, status, receipt, timeline, version },
    drawsOn: row.draws_on,
    shortcodeId: row.shortcode_id,
    amountCents: row.amount_cents,
    returnedCents: row.returned_cents,
    chargeCents: row.charge_cents,
    payeeMasked: row.payee_masked,
    payeeKey: row.payee_index.toString('hex'),
    batchId: row.batch_id,
    batchRow: row.batch_row,
    subjectId: row.subject_id,
    requestedBy: row.requested_by,
    approvalReasons: row.approval_reasons,
    approvedBy: row.approved_by,
    originatorId: row.originator_id,
    providerOriginatorId: row.provider_originator_id,
    conversationId: row.conversation_id,
    isDisputed: row.is_disputed,
    needsAttention: row.needs_attention,
    refusalCode: row.refusal_code,
    providerCode: row.provider_code,
    refusalDetail: row.refusal_detail,
    workflowId: row.workflow_id,
    createdAt: row.created_at,
    sentAt: row.sent_at,
    finishedAt: row.finished_at,
  };
}
