/**
 * Workflow ids are business ids: starting the same work twice meets the first run. They are stored
 * in clear, so nothing personal may ever become part of one.
 */
import type { BreachId, CollectionId, Id, OperationId, ReceivedPaymentId } from '../domain/ids.ts';
import type { DisbursementId, DownloadId, PayoutBatchId, RowChangeId } from '../domain/ids.ts';
import type { ShortcodeId, StatementId, TenantId } from '../domain/ids.ts';

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

/** `statement-mend/{tenant}/{statement}/{operation}`: decided rows are taken in as often as asked. */
export function statementMendWorkflowId(of: {
  tenantId: TenantId;
  statementId: StatementId;
  operationId: OperationId;
}): string {
  return `statement-mend/${of.tenantId}/${of.statementId}/${of.operationId}`;
}

/** `row-change/{tenant}/{change}/{deed}`: a change is carried out once, and taken back once. */
export function rowChangeWorkflowId(of: {
  tenantId: TenantId;
  changeId: RowChangeId;
  deed: 'apply' | 'take-back';
}): string {
  return `row-change/${of.tenantId}/${of.changeId}/${of.deed}`;
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

/** `pull/{tenant}/{shortcode}/{slot}`: at most one look at a shortcode's payments in ten seconds. */
export function pullWorkflowId(of: {
  tenantId: TenantId;
  shortcodeId: ShortcodeId;
  atMs: number;
}): string {
  return `pull/${of.tenantId}/${of.shortcodeId}/${Math.floor(of.atMs / 10_000)}`;
}

/** `collection-batch/{tenant}/{batch}`; trying the failed rows again is `…/r1` and so on. */
export function collectBatchWorkflowId(of: {
  tenantId: TenantId;
  batchId: Id<'collectionBatch'>;
  round?: number;
}): string {
  const id = `collection-batch/${of.tenantId}/${of.batchId}`;
  return of.round === undefined || of.round === 0 ? id : `${id}/r${of.round}`;
}

/** `disbursement/{tenant}/{id}`, or `reversal/…` when M-PESA is asked to undo a payment. */
export function disbursementWorkflowId(disbursement: {
  tenantId: TenantId;
  disbursementId: DisbursementId;
  isReversal?: boolean;
}): string {
  const kind = disbursement.isReversal === true ? 'reversal' : 'disbursement';
  return `${kind}/${disbursement.tenantId}/${disbursement.disbursementId}`;
}

/** `disbursement-late/{tenant}/{id}/{callback}`: one for every word that came after the end. */
export function lateResultWorkflowId(late: {
  tenantId: TenantId;
  disbursementId: DisbursementId;
  callbackId: string;
}): string {
  return `disbursement-late/${late.tenantId}/${late.disbursementId}/${late.callbackId}`;
}

/** `payout-batch/{tenant}/{batch}`; trying the failed rows again is `…/r1`, `…/r2` and so on. */
export function payoutBatchWorkflowId(batch: {
  tenantId: TenantId;
  batchId: PayoutBatchId;
  round: number;
}): string {
  const id = `payout-batch/${batch.tenantId}/${batch.batchId}`;
  return batch.round === 0 ? id : `${id}/r${batch.round}`;
}

/** `balance/{tenant}/{query}`. */
export function balanceWorkflowId(query: { tenantId: TenantId; queryId: string }): string {
  return `balance/${query.tenantId}/${query.queryId}`;
}

/** `tenant/{tenant}/move/{n}`: the nth move of a tenant to another place. */
export function tenantMoveWorkflowId(tenantId: TenantId, number: number): string {
  return `tenant/${tenantId}/move/${number}`;
}

/** `tenant/{tenant}/export/{n}`: the nth archive of a tenant. */
export function tenantExportWorkflowId(tenantId: TenantId, number: number): string {
  return `tenant/${tenantId}/export/${number}`;
}

/** `download/{tenant}/{download}`: a file is made once. */
export function downloadWorkflowId(of: { tenantId: TenantId; downloadId: DownloadId }): string {
  return `download/${of.tenantId}/${of.downloadId}`;
}

/** `tenant/{tenant}/import/{n}`: the nth archive that is brought into a tenant. */
export function tenantImportWorkflowId(tenantId: TenantId, number: number): string {
  return `tenant/${tenantId}/import/${number}`;
}

/** `tenant/{tenant}/closing/{n}`: the nth wish to close a tenant. */
export function tenantClosingWorkflowId(tenantId: TenantId, number: number): string {
  return `tenant/${tenantId}/closing/${number}`;
}

/** `tenant/{tenant}/subject/{request}`: a person of a tenant is replaced by a pseudonym. */
export function pseudonymiseWorkflowId(of: { tenantId: TenantId; requestId: string }): string {
  return `tenant/${of.tenantId}/subject/${of.requestId}`;
}

/** `breach/{breach}`: it belongs to the house, because it may touch many tenants. */
export function breachWorkflowId(breachId: BreachId): string {
  return `breach/${breachId}`;
}

/** `shortcode-check/{tenant}/{check}`. */
export function shortcodeCheckWorkflowId(of: { tenantId: TenantId; checkId: string }): string {
  return `shortcode-check/${of.tenantId}/${of.checkId}`;
}

/** `sched/{job}`: a schedule of the whole system. */
export function scheduleId(job: string): string {
  return `sched/${job}`;
}

/** `maintenance/{job}`: the server appends the scheduled time to each run of a schedule. */
export function maintenanceWorkflowId(job: string): string {
  return `maintenance/${job}`;
}
