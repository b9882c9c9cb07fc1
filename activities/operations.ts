/**
 * How a statement's process becomes visible: each note is written in the transaction of the change
 * it tells of, and a nudge over Redis afterwards makes watchers look. Redis is never waited for.
 */
import type { TenantHandle } from '../db/database.ts';
import { appendOperationEvent, patchOperation } from '../db/operations.ts';
import { findStatement, reachStage } from '../db/statements.ts';
import type { Statement } from '../db/statement-record.ts';
import type { Stage } from '../db/statement-tables.ts';
import type { OperationId, TenantId } from '../domain/ids.ts';
import { operationChannel } from '../domain/redis-keys.ts';
import { epochMsOf } from '../domain/time.ts';
import type { BusinessEvents } from '../telemetry.ts';
import { failureTypes } from '../temporal/policies.ts';
import { permanentFault } from './faults.ts';
import type { StepKey } from './statement-steps.ts';

/** The one Redis command a nudge needs; ioredis satisfies it. */
export interface Publisher {
  publish(channel: string, message: string): Promise<unknown>;
}

/** Tells watchers to look; a Redis that is away costs them a second and the process nothing. */
export function announce(
  redis: Publisher,
  operation: { tenantId: TenantId; operationId: OperationId },
): void {
  const channel = operationChannel(operation.tenantId, operation.operationId);
  redis.publish(channel, '1').catch(() => {});
}

/** The statement a step is about; a permanent fault when the tenant has no such statement. */
export async function requireStatement(t: TenantHandle, key: StepKey): Promise<Statement> {
  const statement = await findStatement(t, key.statementId);
  if (statement !== undefined) return statement;
  throw permanentFault(failureTypes.statementMissing, `no statement ${key.statementId}`);
}

export interface StageNote {
  stage: Stage;
  counts?: Record<string, number>;
  /** Hears how long the stage took. */
  events: Pick<BusinessEvents, 'stageReached'>;
  nowMs: () => number;
}

/** Notes a completed stage on statement and operation; a stage noted before is left alone. */
export async function noteStage(t: TenantHandle, key: StepKey, note: StageNote): Promise<void> {
  const { stage, counts = {} } = note;
  const { stages, createdAt } = await requireStatement(t, key);
  if (stages.some((reached) => reached.stage === stage)) return;
  await reachStage(t, key.statementId, { stage, counts });
  await patchOperation(t, key.operationId, { status: 'running', stage, error: null });
  await appendOperationEvent(t, key.operationId, { type: 'stage', data: { stage, counts } });
  const beganMs = epochMsOf(stages.at(-1)?.at ?? createdAt);
  const seconds = Math.max(0, note.nowMs() - beganMs) / 1000;
  const { tenantId, statementId } = key;
  note.events.stageReached({ tenantId, statementId, stage, seconds });
}

/** Notes how far a stage has come. */
export async function noteProgress(
  t: TenantHandle,
  key: StepKey,
  progress: { stage: Stage; done: number; total?: number },
): Promise<void> {
  await patchOperation(t, key.operationId, { progress: { ...progress } });
  await appendOperationEvent(t, key.operationId, { type: 'progress', data: { ...progress } });
}

export interface EndNote {
  status: 'succeeded' | 'refused' | 'failed' | 'cancelled';
  result?: Record<string, unknown>;
  problem?: string;
  detail?: string;
}

/** Notes the end of an operation, once; false when it had ended before. */
export async function noteEnd(t: TenantHandle, key: StepKey, end: EndNote): Promise<boolean> {
  const { status, result = {}, problem, detail } = end;
  const error = problem === undefined ? null : { code: problem, detail };
  const ended = await patchOperation(t, key.operationId, { status, result, error });
  if (ended === undefined) return false;
  const data = { status, ...result, ...(problem === undefined ? {} : { problem, detail }) };
  await appendOperationEvent(t, key.operationId, { type: 'finished', data });
  return true;
}
