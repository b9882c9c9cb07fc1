/**
 * The database steps of ingestion: waiting for people, proving what was stored, and every way to
 * end. Each is one transaction with its notes, events and audit record, and may be repeated.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Redis } from 'ioredis';
import { appendAudit } from '../db/audit.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import { appendOperationEvent, patchOperation } from '../db/operations.ts';
import { appendEvents } from '../db/outbox.ts';
import { sumsOfLines } from '../db/statement-lines.ts';
import type { Statement } from '../db/statement-record.ts';
import { patchStatement } from '../db/statements.ts';
import type { AuditAction } from '../domain/audit/actions.ts';
import { tellRun } from '../domain/statements/run-phrases.ts';
import type { TamperFinding, Verdict } from '../domain/statements/terms.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import { dropTicket } from '../temporal/password-tickets.ts';
import { failureTypes } from '../temporal/policies.ts';
import type { Telemetry } from '../telemetry.ts';
import { withAmountConflicts } from './amount-conflicts.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import { announce, noteEnd, noteStage, requireStatement } from './operations.ts';
import { postStatement } from './statement-posting.ts';
import type {
  AbandonInput,
  EndInput,
  Proof,
  ReviewInput,
  StatementSteps,
  StepKey,
  WaitInput,
} from './statement-steps.ts';

export interface StatementDependencies {
  db: Database;
  redis: Redis;
  telemetry: Pick<Telemetry, 'events'>;
  failpoint: Failpoint;
  /** Milliseconds since 1970. */
  nowMs: () => number;
  /** Rows posted in one transaction. */
  chunkRows?: number;
}

/** Statuses from which a run can still go anywhere. */
const openStatuses = [
  'processing',
  'waiting-password',
  'waiting-mapping',
  'waiting-review',
] as const;

/** Builds the database steps of ingestion. */
export function createStatementActivities(d: StatementDependencies): StatementSteps {
  const steps: StatementSteps = {
    // The ticket ends by itself within the hour, so a Redis that is away holds nothing up.
    forgetPassword: ({ tenantId, passwordTicket }) =>
      dropTicket(d.redis, tenantId, passwordTicket).catch(() => {}),
    markWaiting: (input) => inStep(d, input, (t) => markWaiting(t, input)),
    resumeProcessing: (input) => inStep(d, input, (t) => resume(t, input)),
    recordApproval: (input) => inStep(d, input, (t) => recordApproval(t, input)),
    proveStatement: (input) => proveStatement(d, input),
    postStatement: (input) => postStatement(d, input),
    checkCategorised: (input) => checkCategorised(d, input),
    finishStatement: (input) => finishStatement(d, input),
    refuseStatement: (input) => inStep(d, input, (t) => refuse(t, input)),
    abandonStatement: (input) => inStep(d, input, (t) => abandon(t, input)),
    failStatement: (input) => inStep(d, input, (t) => fail(t, input)),
  };
  return steps;
}

async function inStep<Result>(
  d: StatementDependencies,
  key: StepKey,
  work: (t: TenantHandle) => Promise<Result>,
): Promise<Result> {
  const result = await d.db.withTenant(key.tenantId, work);
  announce(d.redis, key);
  return result;
}

async function markWaiting(t: TenantHandle, input: WaitInput): Promise<void> {
  const { waitingFor, problem, detail } = input;
  const { status: before } = await requireStatement(t, input);
  const statement = await patchStatement(t, input.statementId, {
    status: `waiting-${waitingFor}`,
    problem,
    problemDetail: detail,
    whenStatus: openStatuses,
  });
  if (statement === undefined) return;
  await patchOperation(t, input.operationId, {
    status: 'waiting',
    error: { code: problem, detail },
  });
  const data = { for: waitingFor, problem, detail };
  await appendOperationEvent(t, input.operationId, { type: 'waiting', data });
  const isNews = before !== 'waiting-review';
  if (waitingFor === 'review' && isNews) await tellDomain(t, statement, 'statement.needs_review');
}

async function resume(t: TenantHandle, key: StepKey): Promise<void> {
  await patchStatement(t, key.statementId, {
    status: 'processing',
    problem: null,
    problemDetail: null,
    whenStatus: openStatuses,
  });
  await patchOperation(t, key.operationId, { status: 'running', error: null });
}

async function recordApproval(t: TenantHandle, input: ReviewInput): Promise<void> {
  const statement = await requireStatement(t, input);
  if (statement.status !== 'waiting-review') return;
  await resume(t, input);
  await audit(t, input, { action: 'statement.approve', ...reasonOf(input) }, input.decidedBy);
}

/**
 * Recounts in SQL what the child reported, looks for rows another statement contradicts, and settles
 * the verdict. What was stored differing from what was read is a fault, never a matter of opinion.
 */
async function proveStatement(d: StatementDependencies, key: StepKey): Promise<Proof> {
  const proof = await inStep(d, key, async (t) => {
    const statement = await requireStatement(t, key);
    await requireSameFigures(t, statement);
    const { tamper, isInConflict } = await withAmountConflicts(t, statement);
    const verdict = isInConflict ? 'needsReview' : (statement.verdict ?? 'needsReview');
    await patchStatement(t, key.statementId, { verdict, tamper });
    const { rowCount, rejectCount } = statement;
    const counts = { rows: rowCount, rejects: rejectCount };
    const isNews = !statement.stages.some(({ stage }) => stage === 'proved');
    await noteStage(t, key, { stage: 'proved', counts, ...watchOf(d) });
    if (verdict === 'proven' && isNews)
      await tellDomain(t, { ...statement, verdict }, 'statement.proven');
    return {
      statement,
      proof: { verdict, rowCount, rejectCount, detail: reasonsToLook(statement, tamper) },
    };
  });
  await d.failpoint('ingest.afterProve');
  d.telemetry.events.statementJudged({
    tenantId: key.tenantId,
    statementId: key.statementId,
    format: proof.statement.format ?? 'unknown',
    verdict: proof.proof.verdict,
    rows: proof.proof.rowCount,
  });
  return proof.proof;
}

async function requireSameFigures(t: TenantHandle, statement: Statement): Promise<void> {
  const stored = await sumsOfLines(t, statement.id);
  const isSame =
    stored.rowCount === statement.rowCount &&
    stored.rejectCount === statement.rejectCount &&
    stored.totalInCents === statement.totalInCents &&
    stored.totalOutCents === statement.totalOutCents;
  if (isSame) return;
  throw permanentFault(
    failureTypes.statementInconsistent,
    `stored ${stored.rowCount} rows and ${stored.rejectCount} rejects; read ${statement.rowCount} and ${statement.rejectCount}, or the sums differ`,
  );
}

/** The reasons a person has to look at, most serious first, in one or two sentences. */
export function reasonsToLook(statement: Statement, tamper: readonly TamperFinding[]): string {
  const failed = statement.checks.filter((check) => check.outcome === 'failed');
  const alarms = tamper.filter((finding) => finding.severity === 'alarm');
  const rejects = statement.rejectCount === 0 ? [] : [rejectWords(statement.rejectCount)];
  const reasons = [...alarms, ...failed].map(({ detail }) => detail);
  const all = [...reasons, ...rejects];
  if (all.length > 0) return all.slice(0, 3).join(' ');
  return statement.verdict === 'proven' ? '' : tellRun('unconfirmed');
}

function rejectWords(count: number): string {
  return count === 1 ? tellRun('row-unread') : tellRun('rows-unread', { count });
}

async function checkCategorised(d: StatementDependencies, key: StepKey): Promise<void> {
  const statement = await d.db.withTenant(key.tenantId, (t) => requireStatement(t, key));
  const { categorisedCount, newRowCount } = statement;
  if (categorisedCount >= newRowCount) return;
  throw ApplicationFailure.create({
    type: failureTypes.categoriesPending,
    message: `${categorisedCount} of ${newRowCount} rows have a category.`,
    category: 'BENIGN',
  });
}

async function finishStatement(
  d: StatementDependencies,
  key: StepKey,
): Promise<{ categorisedCount: number }> {
  const categorisedCount = await inStep(d, key, async (t) => {
    const statement = await requireStatement(t, key);
    if (statement.status !== 'posted') await finish(d, t, key);
    return statement.categorisedCount;
  });
  await d.failpoint('ingest.afterCategorised');
  return { categorisedCount };
}

async function finish(d: StatementDependencies, t: TenantHandle, key: StepKey): Promise<void> {
  const before = await requireStatement(t, key);
  const counts = { categorised: before.categorisedCount };
  await noteStage(t, key, { stage: 'categorised', counts, ...watchOf(d) });
  const statement = await patchStatement(t, key.statementId, {
    status: 'posted',
    postedAt: instantFromEpochMs(d.nowMs()),
    problem: null,
    problemDetail: null,
    whenStatus: openStatuses,
  });
  if (statement === undefined) return;
  const { verdict, newRowCount, rowCount } = statement;
  await noteEnd(t, key, { status: 'succeeded', result: { verdict, rowCount, newRowCount } });
  await tellDomain(t, statement, 'statement.posted');
  await audit(t, key, { action: 'statement.post', rowCount, newRowCount });
}

function watchOf({ telemetry, nowMs }: StatementDependencies) {
  return { events: telemetry.events, nowMs };
}

async function refuse(t: TenantHandle, input: EndInput): Promise<void> {
  const { problem, detail } = input;
  const ended = { status: 'refused', problem, problemDetail: detail } as const;
  const statement = await patchStatement(t, input.statementId, {
    ...ended,
    whenStatus: openStatuses,
  });
  if (statement === undefined) return;
  const result = { verdict: 'refused' satisfies Verdict };
  await noteEnd(t, input, { status: 'refused', problem, detail, result });
  await tellDomain(t, statement, 'statement.refused');
  await audit(t, input, { action: 'statement.refuse', problem }, input.decidedBy);
}

async function abandon(t: TenantHandle, input: AbandonInput): Promise<void> {
  const { problem, detail, cause } = input;
  const ended = { status: 'abandoned', problem, problemDetail: detail } as const;
  const statement = await patchStatement(t, input.statementId, {
    ...ended,
    whenStatus: openStatuses,
  });
  if (statement === undefined) return;
  await noteEnd(t, input, { status: 'cancelled', problem, detail });
  await audit(t, input, { action: 'statement.abandon', problem, cause });
}

/** Nothing posted yet: the file may be uploaded again. Otherwise it stays, for an operator. */
async function fail(t: TenantHandle, input: EndInput): Promise<void> {
  const { problem, detail } = input;
  const before = await requireStatement(t, input);
  const isUntouched = before.newRowCount === 0 && before.postedCount === 0;
  const ended = { problem, problemDetail: detail, whenStatus: openStatuses };
  const status = isUntouched ? ({ status: 'refused' } as const) : {};
  await patchStatement(t, input.statementId, { ...ended, ...status });
  const isNews = await noteEnd(t, input, { status: 'failed', problem, detail });
  if (isNews) await audit(t, input, { action: 'statement.fail', problem });
}

async function tellDomain(t: TenantHandle, statement: Statement, type: string): Promise<void> {
  const { id: statementId, verdict, rowCount, newRowCount, rejectCount, problem } = statement;
  const figures = { rowCount, newRowCount, rejectCount };
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${statementId}`,
      type,
      version: 1,
      isPersonal: false,
      data: { statementId, verdict, problem, ...figures },
    },
  ]);
}

async function audit(
  t: TenantHandle,
  key: StepKey,
  { action, ...detail }: { action: AuditAction } & Record<string, unknown>,
  person?: string,
): Promise<void> {
  const actor = person === undefined ? `operation:${key.operationId}` : `user:${person}`;
  const object = { objectKind: 'statement', objectId: key.statementId } as const;
  await appendAudit(t, { actor, action, ...object, detail });
}

function reasonOf({ reason }: ReviewInput): { reason?: string } {
  return reason === undefined ? {} : { reason };
}
