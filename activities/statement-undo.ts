/** Takes a posted statement back in chunks; each chunk and its event are one transaction. */
import type { Redis } from 'ioredis';
import { appendAudit } from '../db/audit.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import { findOperation, patchOperation } from '../db/operations.ts';
import { appendEvents } from '../db/outbox.ts';
import { withdrawMoney } from '../db/statement-money.ts';
import { undoChunk } from '../db/statement-undo.ts';
import { patchStatement } from '../db/statements.ts';
import type { AccountId } from '../domain/ids.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import { whileBeating } from './beating.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import { announce, noteEnd, requireStatement } from './operations.ts';
import type { EndInput, Reversal, UndoInput, UndoSteps } from './statement-steps.ts';

export interface UndoDependencies {
  db: Database;
  redis: Redis;
  failpoint: Failpoint;
  /** Milliseconds since 1970. */
  nowMs: () => number;
}

/** Rows per transaction, and so per event. */
const chunkRows = 500;

/** Builds the steps of an undo. */
export function createUndoActivities(d: UndoDependencies): UndoSteps {
  return {
    reverseTransactions: (input) => whileBeating(() => reverseTransactions(d, input)),
    async finishUndo(input) {
      const at = instantFromEpochMs(d.nowMs());
      await d.db.withTenant(input.tenantId, (t) => finish(t, input, at));
      announce(d.redis, input);
    },
    async failUndo(input) {
      await d.db.withTenant(input.tenantId, (t) => fail(t, input));
      announce(d.redis, input);
    },
  };
}

async function reverseTransactions(d: UndoDependencies, input: UndoInput): Promise<Reversal> {
  const { accountId, workflowId } = await d.db.withTenant(input.tenantId, (t) => begin(t, input));
  for (let isDone = false; !isDone;) {
    isDone = await d.db.withTenant(input.tenantId, (t) => reverseChunk(t, input, accountId));
    announce(d.redis, input);
    await d.failpoint('undo.midChunk');
  }
  await takeMoneyBack(d, input, { accountId, workflowId });
  return d.db.withTenant(input.tenantId, (t) => countsOf(t, input));
}

/** What only this statement told of leaves the books, once its rows stand nowhere any more. */
async function takeMoneyBack(
  d: UndoDependencies,
  input: UndoInput,
  of: { accountId: AccountId; workflowId: string },
): Promise<void> {
  const { statementId, requestedBy } = input;
  const actor = `user:${requestedBy}`;
  for (let isDone = false; !isDone;) {
    const at = instantFromEpochMs(d.nowMs());
    const told = { ...of, statementId, actor, at, limit: chunkRows };
    ({ isDone } = await d.db.withTenant(input.tenantId, (t) => withdrawMoney(t, told)));
  }
}

async function begin(
  t: TenantHandle,
  input: UndoInput,
): Promise<{ accountId: AccountId; workflowId: string }> {
  const statement = await requireStatement(t, input);
  const isUndoable = ['posted', 'undoing', 'undone'].includes(statement.status);
  if (!isUndoable || statement.account === null) {
    const problem = `a statement that is ${statement.status} has nothing to take back`;
    throw permanentFault(failureTypes.statementInconsistent, problem);
  }
  await patchStatement(t, input.statementId, { status: 'undoing', whenStatus: ['posted'] });
  return { accountId: statement.account.id, workflowId: statement.workflowId };
}

async function reverseChunk(
  t: TenantHandle,
  input: UndoInput,
  accountId: AccountId,
): Promise<boolean> {
  const { statementId } = input;
  const chunk = await undoChunk(t, { statementId, accountId, limit: chunkRows });
  const before = await countsOf(t, input);
  const reversedCount = before.reversedCount + chunk.reversed.length;
  const keptCount = before.keptCount + chunk.keptCount;
  await patchOperation(t, input.operationId, { progress: { reversedCount, keptCount } });
  if (chunk.reversed.length > 0) {
    await appendEvents(t, [
      {
        topic: 'transactions.raw',
        key: `${t.tenantId}:${accountId}`,
        type: 'transactions.reversed',
        version: 1,
        isPersonal: false,
        data: { statementId, accountId, rows: chunk.reversed },
      },
    ]);
  }
  return chunk.isDone;
}

/** The counts are kept on the operation, in the transaction of each chunk. */
async function countsOf(t: TenantHandle, input: UndoInput): Promise<Reversal> {
  const operation = await findOperation(t, input.operationId);
  const { reversedCount, keptCount } = operation?.progress ?? {};
  return { reversedCount: countOf(reversedCount), keptCount: countOf(keptCount) };
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

async function finish(
  t: TenantHandle,
  input: UndoInput & Reversal,
  undoneAt: ReturnType<typeof instantFromEpochMs>,
): Promise<void> {
  const { statementId, reversedCount, keptCount } = input;
  const change = { status: 'undone', undoneAt, whenStatus: ['undoing'] } as const;
  if ((await patchStatement(t, statementId, change)) === undefined) return;
  await noteEnd(t, input, { status: 'succeeded', result: { reversedCount, keptCount } });
  await appendEvents(t, [
    {
      topic: 'domain-events',
      key: `${t.tenantId}:${statementId}`,
      type: 'statement.undone',
      version: 1,
      isPersonal: false,
      data: { statementId, reversedCount, keptCount },
    },
  ]);
  await appendAudit(t, {
    actor: `user:${input.requestedBy}`,
    action: 'statement.undo',
    objectKind: 'statement',
    objectId: statementId,
    detail: { reversedCount, keptCount, ...reasonOf(input) },
  });
}

async function fail(t: TenantHandle, input: EndInput): Promise<void> {
  const { problem, detail } = input;
  await noteEnd(t, input, { status: 'failed', problem, detail });
}

function reasonOf({ reason }: UndoInput): { reason?: string } {
  return reason === undefined ? {} : { reason };
}
