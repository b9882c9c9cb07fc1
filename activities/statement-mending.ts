/**
 * Takes in what people decided about rejected rows, in chunks. A chunk is one transaction with its
 * lines, transactions, events and the new proof, so that a run that dies leaves nothing half done,
 * and a repeat finds only what is still undecided.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Redis } from 'ioredis';
import { appendAudit } from '../db/audit.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import { countTwins, holdStatement, linesOfFile } from '../db/mended-rows.ts';
import { findOperation, patchOperation } from '../db/operations.ts';
import { tieReversedPayments } from '../db/reversal-ties.ts';
import { tieAcrossStatements } from '../db/reversals-across.ts';
import {
  addLines,
  countLines,
  roomForLines,
  storeLines,
  sumsOfLines,
} from '../db/statement-lines.ts';
import { tieFees } from '../db/fee-ties.ts';
import type { Statement } from '../db/statement-record.ts';
import {
  listDecided,
  listRejects,
  settleRejects,
  type DecidedReject,
} from '../db/statement-rejects.ts';
import { patchStatement } from '../db/statements.ts';
import { twinKey } from '../domain/statements/identity.ts';
import { createProof } from '../domain/statements/proof.ts';
import { withFindingsOfFile } from '../domain/statements/reproof.ts';
import type { UnnumberedLine } from '../domain/statements/rows.ts';
import { tellRun } from '../domain/statements/run-phrases.ts';
import type { PrintedFacts, StatementLine } from '../domain/statements/terms.ts';
import { readTypedRow } from '../domain/statements/typed-rows.ts';
import { failureTypes } from '../temporal/policies.ts';
import { withAmountConflicts } from './amount-conflicts.ts';
import { whileBeating } from './beating.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import { createDescriber } from './line-intake.ts';
import { announce, noteEnd, requireStatement } from './operations.ts';
import { tellPayments } from './statement-payments.ts';
import { postNext } from './statement-posting.ts';
import type { EndInput, Mending, MendInput, MendSteps } from './statement-steps.ts';
import { reasonsToLook } from './statements.ts';

export interface MendDependencies {
  db: Database;
  redis: Redis;
  failpoint: Failpoint;
  /** Milliseconds since 1970. */
  nowMs: () => number;
}

/** Decided rows per transaction; each of them makes the proof once. */
const chunkRows = 1_000;

/** Builds the steps that take in mended rows. */
export function createMendActivities(d: MendDependencies): MendSteps {
  return {
    takeInMended: (input) => whileBeating(() => takeIn(d, input)),
    async failMending(input) {
      await d.db.withTenant(input.tenantId, (t) => fail(t, input));
      announce(d.redis, input);
    },
  };
}

type Chunk = 'empty' | 'taken' | 'closed';

async function takeIn(d: MendDependencies, input: MendInput): Promise<Mending> {
  let chunk: Chunk = 'taken';
  while (chunk === 'taken') {
    chunk = await d.db.withTenant(input.tenantId, (t) => takeChunk(t, input));
    announce(d.redis, input);
    await d.failpoint('mend.midChunk');
  }
  const { status } = await d.db.withTenant(input.tenantId, (t) => requireStatement(t, input));
  if (chunk === 'empty' && status === 'posted') await tellPayments(d, input);
  const mending = await d.db.withTenant(input.tenantId, (t) => finish(t, input, chunk));
  announce(d.redis, input);
  return mending;
}

/** Takes in the next decided rows while nobody else changes the statement. */
async function takeChunk(t: TenantHandle, input: MendInput): Promise<Chunk> {
  const status = await holdStatement(t, input.statementId);
  // Somebody has just let it be posted: what is typed comes after the rows of the file.
  if (status === 'processing') throw stillPosting();
  if (status !== 'waiting-review' && status !== 'posted') return 'closed';
  const decided = await listDecided(t, input.statementId, chunkRows);
  if (decided.length === 0) return 'empty';
  const statement = await requireStatement(t, input);
  const fromOrdinal = await countLines(t, input.statementId);
  const settled = await storeTyped(t, statement, decided);
  await settleRejects(t, input.statementId, settled);
  await proveAgain(t, statement);
  const toOrdinal = await countLines(t, input.statementId);
  if (status === 'posted') await postTyped(t, input, { statement, fromOrdinal, toOrdinal });
  await judgeAgain(t, input);
  await countTaken(t, input, settled);
  return 'taken';
}

function stillPosting(): ApplicationFailure {
  return ApplicationFailure.create({
    type: failureTypes.databaseConflict,
    message: 'The statement is being posted at this moment.',
    category: 'BENIGN',
  });
}

interface Settled {
  seq: number;
  ordinal: number | null;
}

/** Stores the typed rows behind the lines of the file; a skipped one only counts as settled. */
async function storeTyped(
  t: TenantHandle,
  statement: Statement,
  decided: readonly DecidedReject[],
): Promise<Settled[]> {
  const typed = decided.flatMap((reject) =>
    reject.typed === null ? [] : [{ seq: reject.seq, line: readAgain(statement, reject) }],
  );
  const into = roomForLines(await countLines(t, statement.id));
  const lines = await numbered(t, statement, { first: into.firstOrdinal, typed });
  addLines(t, statement.id, { into, lines: createDescriber()(lines) });
  if (lines.length > 0) await storeLines(t, statement.id, into);
  const ordinals = new Map(typed.map(({ seq }, at) => [seq, into.firstOrdinal + at]));
  return decided.map(({ seq }) => ({ seq, ordinal: ordinals.get(seq) ?? null }));
}

/** What was checked when it was typed is read the same way now. */
function readAgain(statement: Statement, reject: DecidedReject): UnnumberedLine {
  const { format, createdAt: notAfter } = statement;
  const read =
    format !== null &&
    reject.typed !== null &&
    readTypedRow(reject, reject.typed, { format, notAfter });
  if (read && read.ok) return read.line;
  throw permanentFault(failureTypes.bug, `the typed row ${reject.seq} cannot be read`);
}

/** Numbers typed rows behind those of the file; equal rows of the file are their twins. */
async function numbered(
  t: TenantHandle,
  statement: Statement,
  { first, typed }: { first: number; typed: readonly { line: UnnumberedLine }[] },
): Promise<StatementLine[]> {
  const keys = [...new Set(typed.map(({ line }) => twinKey(line)))];
  const twins = keys.length === 0 ? new Map() : await countTwins(t, statement.id, keys);
  return typed.map(({ line }, at) => {
    const key = twinKey(line);
    const twin = twins.get(key) ?? 0;
    twins.set(key, twin + 1);
    return { ...line, ordinal: first + at, twin };
  });
}

/** The proof over what is stored now, against the same printed figures. */
async function proveAgain(t: TenantHandle, statement: Statement): Promise<void> {
  const { id, printed } = statement;
  if (printed === null) throw permanentFault(failureTypes.bug, 'a read statement prints nothing');
  const proof = createProof(factsOf(printed));
  for await (const line of linesOfFile(t, id)) proof.addLine(line);
  const { rowCount, rejectCount, skippedCount } = await sumsOfLines(t, id);
  for await (const reject of undecidedOf(t, statement)) proof.addReject(reject);
  const candidateCount = rowCount + rejectCount + skippedCount;
  const report = proof.finish({ candidateCount, skippedCount });
  await patchStatement(t, id, {
    ...withFindingsOfFile(report, statement),
    ...{ rowCount, rejectCount, skippedCount },
    totalInCents: report.totalInCents,
    totalOutCents: report.totalOutCents,
    openingCents: report.openingCents ?? null,
    closingCents: report.closingCents ?? null,
    firstAt: report.firstAt ?? null,
    lastAt: report.lastAt ?? null,
  });
}

function factsOf(printed: NonNullable<Statement['printed']>): PrintedFacts {
  const { customerName, accountName, accountNumber } = printed;
  return { ...printed, customerName, accountName, accountNumber };
}

async function* undecidedOf(t: TenantHandle, { id }: Statement): AsyncGenerator<DecidedReject> {
  for (let afterSeq = -1; ;) {
    const page = await listRejects(t, id, { afterSeq, limit: chunkRows });
    yield* page.filter(({ settledAt }) => settledAt === null);
    afterSeq = page.at(-1)?.seq ?? afterSeq;
    if (page.length < chunkRows) return;
  }
}

/** Typed rows of a posted statement go the way of all others, in the same transaction. */
async function postTyped(
  t: TenantHandle,
  input: MendInput,
  rows: { statement: Statement; fromOrdinal: number; toOrdinal: number },
): Promise<void> {
  const { statement, fromOrdinal, toOrdinal } = rows;
  if (fromOrdinal === toOrdinal) return;
  if (statement.account === null) {
    throw permanentFault(failureTypes.statementInconsistent, 'no account to post to');
  }
  await postNext(t, input, { accountId: statement.account.id, fromOrdinal, toOrdinal });
  await tieFees(t, input.statementId);
  await tieReversedPayments(t, input.statementId);
  await tieAcrossStatements(t, statement.account.id);
  const { movedCount } = await sumsOfLines(t, input.statementId);
  await patchStatement(t, input.statementId, { postedCount: movedCount });
}

/** The verdict once other statements had their say, and what a person still has to look at. */
async function judgeAgain(t: TenantHandle, input: MendInput): Promise<void> {
  const statement = await requireStatement(t, input);
  const { tamper, isInConflict } = await withAmountConflicts(t, statement);
  const verdict = isInConflict ? 'needsReview' : (statement.verdict ?? 'needsReview');
  const judged = { ...statement, verdict };
  const isWaiting = statement.status === 'waiting-review';
  const detail = reasonsToLook(judged, tamper);
  await patchStatement(t, input.statementId, {
    ...{ verdict, tamper },
    ...(isWaiting ? { problemDetail: detail === '' ? tellRun('adds-up-now') : detail } : {}),
  });
}

/** The counts are kept on the operation, in the transaction of each chunk. */
async function countTaken(
  t: TenantHandle,
  input: MendInput,
  settled: readonly Settled[],
): Promise<void> {
  const before = await countsOf(t, input);
  const mended = settled.filter(({ ordinal }) => ordinal !== null).length;
  const progress = {
    mendedCount: before.mendedCount + mended,
    skippedCount: before.skippedCount + settled.length - mended,
  };
  await patchOperation(t, input.operationId, { progress });
}

async function countsOf(t: TenantHandle, input: MendInput) {
  const operation = await findOperation(t, input.operationId);
  const countOf = (value: unknown) => (typeof value === 'number' ? value : 0);
  const { mendedCount, skippedCount } = operation?.progress ?? {};
  return { mendedCount: countOf(mendedCount), skippedCount: countOf(skippedCount) };
}

async function finish(t: TenantHandle, input: MendInput, last: Chunk): Promise<Mending> {
  const counts = await countsOf(t, input);
  const taken = counts.mendedCount + counts.skippedCount;
  if (last === 'closed' && taken === 0) {
    const detail = tellRun('no-more-rows');
    await noteEnd(t, input, { status: 'refused', problem: 'not-waiting', detail });
    return { kind: 'refused', detail };
  }
  const { verdict, rejectCount } = await requireStatement(t, input);
  const result = { ...counts, rejectCount, verdict: verdict ?? 'needsReview' };
  const isNews = await noteEnd(t, input, { status: 'succeeded', result });
  if (isNews) {
    await appendAudit(t, {
      actor: `user:${input.requestedBy}`,
      action: 'statement.mend',
      objectKind: 'statement',
      objectId: input.statementId,
      detail: result,
    });
  }
  return { kind: 'taken-in', ...result };
}

async function fail(t: TenantHandle, input: EndInput): Promise<void> {
  const { problem, detail } = input;
  await noteEnd(t, input, { status: 'failed', problem, detail });
}
