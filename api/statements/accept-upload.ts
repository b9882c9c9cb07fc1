/** Turns a stored upload into a statement and the start of its run, in one transaction. */
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  appendOperationEvent,
  findOperation,
  insertOperation,
  type Operation,
} from '../../db/operations.ts';
import { appendWorkflowStart } from '../../db/outbox.ts';
import type { Statement } from '../../db/statement-record.ts';
import {
  findLiveStatementBySha,
  findStatement,
  insertStatement,
  nextAttempt,
} from '../../db/statements.ts';
import { tierOf } from '../../db/tenant-tier.ts';
import { completeUpload } from '../../db/uploads.ts';
import { toPublicId } from '../../domain/ids.ts';
import type { MediaKind } from '../../domain/statements/terms.ts';
import { sealReference, sealTicket } from '../../temporal/password-tickets.ts';
import { statementWorkflowId } from '../../temporal/workflow-ids.ts';
import type { WorkflowStart } from '../../workflows/types.ts';
import { hastenStart } from '../hasten-start.ts';
import { newId } from '../new-id.ts';
import { changeOwn } from '../own-data.ts';
import type { Call } from '../route.ts';
import type { ReceivedUpload } from './receive-upload.ts';

export interface AcceptedUpload {
  statement: Statement;
  operation: Operation;
  isDuplicate: boolean;
}

type ReceivedStatement = ReceivedUpload<MediaKind>;
type IngestStart = Extract<WorkflowStart, { workflow: 'ingestStatement' }>;

/** Another request stored a statement of the same bytes between our look and our insert. */
class Overtaken extends Error {}

/** Records the statement unless these bytes have a live one already, then starts its run. */
export async function acceptUpload(
  call: Call,
  uploadId: string,
  received: ReceivedStatement,
): Promise<AcceptedUpload> {
  const { tenantId } = call.principal;
  const known = () => changeOwn(call, (t) => findKnown(t, received.file.sha256));
  const before = await known();
  if (before !== undefined) return before;
  const ticket = await ticketFor(call, received.password);
  const flags = await call.dependencies.flags.pinned(tenantId, ['review-every-statement']);
  try {
    const { start, ...recorded } = await changeOwn(call, (t) =>
      record(t, call, { uploadId, received, ticket, flags }),
    );
    await call.dependencies.failpoint('upload.afterCommitBeforeStart');
    const input = { ...start.input, ...(ticket ? { passwordTicket: ticket } : {}) };
    await hastenStart(call, { ...start, input });
    return { ...recorded, isDuplicate: false };
  } catch (error) {
    const after = error instanceof Overtaken ? await known() : undefined;
    if (after === undefined) throw error;
    return after;
  }
}

async function findKnown(t: TenantHandle, sha256: string): Promise<AcceptedUpload | undefined> {
  const statement = await findLiveStatementBySha(t, sha256);
  if (statement === undefined) return undefined;
  const operation = await findOperation(t, statement.operationId);
  if (operation === undefined) throw new Error('a statement has lost its operation');
  return { statement, operation, isDuplicate: true };
}

/** Without Redis there is no ticket: the run then asks for the password, and nothing is lost. */
async function ticketFor(call: Call, password: string | undefined): Promise<string | undefined> {
  if (password === undefined) return undefined;
  const { redis, telemetry } = call.dependencies;
  try {
    return await sealTicket(redis, call.principal.tenantId, password);
  } catch (error) {
    telemetry.log.warn({ event: 'ticketNotSealed', requestId: call.requestId, err: error });
    return undefined;
  }
}

async function record(
  t: TenantHandle,
  call: Call,
  upload: {
    uploadId: string;
    received: ReceivedStatement;
    ticket: string | undefined;
    flags: NonNullable<IngestStart['input']['flags']>;
  },
) {
  const {
    uploadId,
    received: { file },
    ticket,
    flags,
  } = upload;
  const { tenantId } = t;
  const { userId: createdBy } = call.principal;
  const nowMs = call.dependencies.now();
  const statementId = newId('statement', nowMs);
  const operationId = newId('operation', nowMs);
  const attempt = await nextAttempt(t, file.sha256);
  const workflowId = statementWorkflowId({ tenantId, sha256: file.sha256, attempt });
  await completeUpload(t, { id: uploadId, ...file });
  await insertOperation(t, {
    id: operationId,
    kind: 'statement.ingest',
    subjectId: statementId,
    workflowId,
    createdBy,
    stage: 'received',
  });
  const facts = { id: statementId, uploadId, attempt, workflowId, operationId, createdBy };
  if (!(await insertStatement(t, { ...facts, ...file }))) throw new Overtaken();
  await appendOperationEvent(t, operationId, { type: 'stage', data: { stage: 'received' } });
  await appendAudit(t, {
    actor: `user:${createdBy}`,
    action: 'statement.upload',
    objectKind: 'statement',
    objectId: statementId,
    detail: { sha256: file.sha256, sizeBytes: file.sizeBytes, mediaKind: file.mediaKind },
    requestId: call.requestId,
  });
  const start: IngestStart = {
    workflow: 'ingestStatement',
    workflowId,
    tier: await tierOf(t),
    summary: summaryOf(statementId, file),
    input: { tenantId, statementId, operationId, uploadId, flags },
  };
  await appendStart(t, call, start, ticket);
  const statement = await findStatement(t, statementId);
  const operation = await findOperation(t, operationId);
  if (statement === undefined || operation === undefined) throw new Error('an insert was lost');
  return { statement, operation, start };
}

function summaryOf(
  statementId: Statement['id'],
  file: { mediaKind: string; sizeBytes: number },
): string {
  const size = `${Math.ceil(file.sizeBytes / 1024)} kB`;
  return `Statement ${toPublicId('statement', statementId)} (${file.mediaKind.toUpperCase()}, ${size})`;
}

async function appendStart(
  t: TenantHandle,
  call: Call,
  start: IngestStart,
  ticket: string | undefined,
): Promise<void> {
  const sealedTicket = ticket && sealReference(t.seal, start.workflowId, ticket);
  const kept = { ...start, ...(sealedTicket ? { sealedTicket } : {}) };
  await appendWorkflowStart(t, kept, call.traceparent);
}
