/**
 * Posts a proven statement in chunks. A chunk, its events and its count are one transaction, so a
 * run that dies between two chunks leaves nothing to repair, and repeating a chunk adds nothing.
 */
import { Context } from '@temporalio/activity';
import type { Redis } from 'ioredis';
import type { Database, TenantHandle } from '../db/database.ts';
import { appendEvents, type NewEvent } from '../db/outbox.ts';
import { sumsOfLines } from '../db/statement-lines.ts';
import { tieFees } from '../db/fee-ties.ts';
import { tieReversedPayments } from '../db/reversal-ties.ts';
import { tieAcrossStatements } from '../db/reversals-across.ts';
import { postChunk, type PostChunk } from '../db/statement-posting.ts';
import { addNewRows, patchStatement } from '../db/statements.ts';
import type { AccountId } from '../domain/ids.ts';
import type { BusinessDate } from '../domain/time.ts';
import { failureTypes } from '../temporal/policies.ts';
import { activeTraceparent, type Telemetry } from '../telemetry.ts';
import { withAmountConflicts, type AmountConflicts } from './amount-conflicts.ts';
import { whileBeating, type Tell } from './beating.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import { announce, noteProgress, noteStage, requireStatement } from './operations.ts';
import { tellPayments } from './statement-payments.ts';
import type { Posting, StepKey } from './statement-steps.ts';

export interface PostingDependencies {
  db: Database;
  redis: Redis;
  telemetry: Pick<Telemetry, 'events'>;
  failpoint: Failpoint;
  /** Milliseconds since 1970. */
  nowMs: () => number;
  /** Rows posted in one transaction. */
  chunkRows?: number;
}

const defaultChunkRows = 5_000;
/** Chunks written at the same moment: as many as PostgreSQL has cores to spare for one file. */
const chunksBeside = 2;

/** Posts what is not posted yet and answers how many rows are new and how many were known. */
export function postStatement(d: PostingDependencies, key: StepKey): Promise<Posting> {
  return whileBeating((tell) => post(d, key, tell));
}

async function post(d: PostingDependencies, key: StepKey, tell: Tell): Promise<Posting> {
  const { rowCount, account, ...before } = await d.db.withTenant(key.tenantId, (t) =>
    requireStatement(t, key),
  );
  if (account === null) {
    throw permanentFault(failureTypes.statementInconsistent, 'no account to post to');
  }
  const isPosted = before.stages.some(({ stage }) => stage === 'posted');
  if (!isPosted) await postChunks(d, key, { accountId: account.id, rowCount, tell });
  const conflicts = await settleFees(d, key, account.id);
  const posting = await d.db.withTenant(key.tenantId, (t) => closePosting(d, t, key, conflicts));
  await tellPayments(d, key);
  announce(d.redis, key);
  await d.failpoint('ingest.afterPostCommitBeforeReturn');
  const facts = { tenantId: key.tenantId, statementId: key.statementId };
  const { newRowCount: newRows, knownRowCount: knownRows } = posting;
  d.telemetry.events.rowsPosted({ ...facts, newRows, knownRows });
  return posting;
}

async function postChunks(
  d: PostingDependencies,
  key: StepKey,
  posted: { accountId: AccountId; rowCount: number; tell: Tell },
): Promise<void> {
  const { accountId, rowCount, tell } = posted;
  const { chunkRows = defaultChunkRows } = d;
  const activity = Context.current();
  const first = nextOrdinal(activity);
  const waiting = chunksOf({ from: first, to: rowCount, chunkRows });
  const done = createRowsDone(first);
  let noting: Promise<void> = Promise.resolve();
  const noteDone = async (): Promise<void> => {
    const progress = { stage: 'posted', done: done.count, total: rowCount } as const;
    if (rowCount > chunkRows) {
      await d.db.withTenant(key.tenantId, (t) => noteProgress(t, key, progress));
    }
    announce(d.redis, key);
  };
  /** Posts one chunk after the other; lanes do not wait for each other, their notes come in turn. */
  const postWaiting = async (): Promise<void> => {
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
      activity.cancellationSignal.throwIfAborted();
      const place = { accountId, ...chunk };
      await d.db.withTenant(key.tenantId, (t) => postNext(t, key, place));
      await d.failpoint('ingest.midPost');
      done.add(place);
      tell({ nextOrdinal: done.upTo });
      noting = noting.then(noteDone);
      noting.catch(() => {});
    }
  };
  const lane = () =>
    postWaiting().catch((fault: unknown) => {
      waiting.length = 0;
      throw fault;
    });
  await allDone(Array.from({ length: chunksBeside }, lane)).finally(() => noting);
}

/** What is posted of a file whose chunks end in any order. */
function createRowsDone(first: number) {
  const ends = new Map<number, number>();
  let upTo = first;
  let count = first;
  return {
    /** Rows posted. */
    get count() {
      return count;
    },
    /** The first ordinal before which everything is posted. */
    get upTo() {
      return upTo;
    },
    add({ fromOrdinal, toOrdinal }: Pick<PostChunk, 'fromOrdinal' | 'toOrdinal'>) {
      count += toOrdinal - fromOrdinal;
      ends.set(fromOrdinal, toOrdinal);
      for (let end = ends.get(upTo); end !== undefined; end = ends.get(upTo)) upTo = end;
    },
  };
}

/** Waits for every one, also when one fails, so that none goes on behind the caller's back. */
async function allDone(deeds: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(deeds);
  await Promise.all(deeds);
}

function chunksOf({ from, to, chunkRows }: { from: number; to: number; chunkRows: number }) {
  const chunks: Pick<PostChunk, 'fromOrdinal' | 'toOrdinal'>[] = [];
  for (let next = from; next < to; next += chunkRows) {
    chunks.push({ fromOrdinal: next, toOrdinal: Math.min(next + chunkRows, to) });
  }
  return chunks;
}

/** Posts the rows of one chunk, counts them and tells of them. */
export async function postNext(
  t: TenantHandle,
  key: StepKey,
  place: Omit<PostChunk, 'statementId'>,
): Promise<void> {
  const { statementId } = key;
  const { inserted, days } = await postChunk(t, { statementId, ...place });
  if (inserted.length === 0) return;
  await addNewRows(t, statementId, inserted.length);
  const posted = { statementId, ...place, newRows: inserted.length, days };
  await appendEvents(t, [postedEvent(t, posted)], traceOptions());
}

/** The heartbeat may be older than the last chunk; the chunks in between are then repeated. */
function nextOrdinal(activity: Context): number {
  const details: { nextOrdinal?: number } | undefined = activity.info.heartbeatDetails;
  return details?.nextOrdinal ?? 0;
}

/** Ties charges and reversals and looks for conflicting papers: both read every row, so side by side. */
async function settleFees(
  d: PostingDependencies,
  key: StepKey,
  accountId: AccountId,
): Promise<AmountConflicts> {
  const tying = tieRows(d, key, accountId);
  const looking = d.db.withTenant(key.tenantId, async (t) =>
    withAmountConflicts(t, await requireStatement(t, key)),
  );
  await Promise.allSettled([tying, looking]);
  await tying;
  return looking;
}

/** Across statements in a transaction of its own, which begins by waiting for the account. */
async function tieRows(
  { db }: PostingDependencies,
  { tenantId, statementId }: StepKey,
  accountId: AccountId,
): Promise<void> {
  await db.withTenant(tenantId, async (t) => {
    await tieFees(t, statementId);
    await tieReversedPayments(t, statementId);
  });
  await db.withTenant(tenantId, (t) => tieAcrossStatements(t, accountId));
}

async function closePosting(
  d: PostingDependencies,
  t: TenantHandle,
  key: StepKey,
  { tamper, isInConflict }: AmountConflicts,
): Promise<Posting> {
  const statement = await requireStatement(t, key);
  const { newRowCount, rowCount, rejectCount } = statement;
  const { movedCount } = await sumsOfLines(t, key.statementId);
  // Two statements posted at the same moment see each other only now. What was called proven is not,
  // and says so; its rows stay, because a person undoes the statement that turns out to be wrong.
  const verdict = isInConflict ? 'needsReview' : (statement.verdict ?? 'needsReview');
  await patchStatement(t, key.statementId, { postedCount: movedCount, tamper, verdict });
  const counts = { posted: movedCount, newRows: newRowCount };
  const watch = { events: d.telemetry.events, nowMs: d.nowMs };
  await noteStage(t, key, { stage: 'posted', counts, ...watch });
  return { newRowCount, knownRowCount: movedCount - newRowCount, verdict, rowCount, rejectCount };
}

/** Rows are told of by their place: whoever needs their words reads and opens them there. */
function postedEvent(
  t: TenantHandle,
  posted: PostChunk & { newRows: number; days: readonly BusinessDate[] },
): NewEvent {
  return {
    topic: 'transactions.raw',
    key: `${t.tenantId}:${posted.accountId}`,
    type: 'transactions.posted',
    version: 2,
    isPersonal: false,
    data: { ...posted },
  };
}

function traceOptions(): { traceparent?: string } {
  const traceparent = activeTraceparent();
  return traceparent === undefined ? {} : { traceparent };
}
