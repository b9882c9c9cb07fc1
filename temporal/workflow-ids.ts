/**
 * Workflow ids are business ids: starting the same work twice meets the first run. They are stored
 * in clear, so nothing personal may ever become part of one.
 */
import type { CollectionId, Id, ReceivedPaymentId, StatementId, TenantId } from '../domain/ids.ts';

const sha256Pattern = /^[0-9a-f]{64}$/;

/**
 * `statement/{tenant}/{sha256}`; a file that is uploaded again after a refusal, an abandonment or an
 * undo is attempt 2 and gets `…/r2`. Throws on a malformed hash or attempt: those are ours.
 */
export function statementWorkflowId(statement: {
  tenantId: TenantId;
  sha256: string;
  attempt: number;
}): string {
  if (!sha256Pattern.test(statement.sha256)) throw new TypeError('not a SHA-256 in lower-case hex');
  if (!Number.isSafeInteger(statement.attempt) || statement.attempt < 1) {
    throw new RangeError(`attempts count from 1, not ${statement.attempt}`);
  }
  const id = `statement/${statement.tenantId}/${statement.sha256}`;
  return statement.attempt === 1 ? id : `${id}/r${statement.attempt}`;
}

/** `statement-undo/{tenant}/{statement}`: a statement is undone at most once. */
export function statementUndoWorkflowId(statement: {
  tenantId: TenantId;
  statementId: StatementId;
}): string {
  return `statement-undo/${statement.tenantId}/${statement.statementId}`;
}

/** `collection/{tenant}/{collection}`. */
export function collectionWorkflowId(of: {
  tenantId: TenantId;
  collectionId: CollectionId;
}): string {
  return `collection/${of.tenantId}/${of.collectionId}`;
}

/** `collection-late/{tenant}/{witness}`: each word that comes after the end has a run of its own. */
export function lateCollectionWorkflowId(of: { tenantId: TenantId; witnessId: string }): string {
  return `collection-late/${of.tenantId}/${of.witnessId}`;
}

/** `c2b/{tenant}/{received payment}`: receipts stay out of ids. */
export function confirmPaymentWorkflowId(of: {
  tenantId: TenantId;
  receivedPaymentId: ReceivedPaymentId;
}): string {
  return `c2b/${of.tenantId}/${of.receivedPaymentId}`;
}

/** `collection-batch/{tenant}/{batch}`. */
export function collectBatchWorkflowId(of: {
  tenantId: TenantId;
  batchId: Id<'collectionBatch'>;
}): string {
  return `collection-batch/${of.tenantId}/${of.batchId}`;
}

/** `sched/{job}`: a schedule of the whole system. */
export function scheduleId(job: string): string {
  return `sched/${job}`;
}

/** `maintenance/{job}`: the server appends the scheduled time to each run of a schedule. */
export function maintenanceWorkflowId(job: string): string {
  return `maintenance/${job}`;
}
