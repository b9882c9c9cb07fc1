/**
 * Posts a proven statement in chunks. A chunk, its events and its count are one transaction, so a
 * run that dies between two chunks leaves nothing to repair, and repeating a chunk adds nothing.
 */
import { Context } from '@temporalio/activity';
import type { Redis } from 'ioredis';
import type { Database, TenantHandle } from '../db/database.ts';
import {
  appendEvents,
  appendSealed,
  sealEvents,
  type NewEvent,
  type SealedEvents,
} from '../db/outbox.ts';
import { openRow } from '../db/row-secrets.ts';
import { sumsOfLines } from '../db/statement-lines.ts';
import {
  listMoved,
  postChunk,
  tieFees,
  type MovedRow,
  type PostChunk,
} from '../db/statement-posting.ts';
import { patchStatement } from '../db/statements.ts';
import type { AccountId } from '../domain/ids.ts';
import { failureTypes } from '../temporal/policies.ts';
import { activeTraceparent, type Telemetry } from '../telemetry.ts';
import { withAmountConflicts } from './amount-conflicts.ts';
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

const defaultChunkRows = 2_500;
/** Rows in one event: keeps messages far below the broker's limit. */
const eventRows = 500;

/** Posts what is not posted yet and answers how many rows are new and how many were known. */
export async function postStatement(d: PostingDependencies, key: StepKey): Promise<Posting> {
  const { rowCount, account, ...before } = await d.db.withTenant(key.tenantId, (t) =>
    requireStatement(t, key),
  );
  if (account === null) {
    throw permanentFault(failureTypes.statementInconsistent, 'no account to post to');
  }
  const isPosted = before.stages.some(({ stage }) => stage === 'posted');
  if (!isPosted) await postChunks(d, key, { accountId: account.id, rowCount });
  const posting = await d.db.withTenant(key.tenantId, (t) => closePosting(d, t, key));
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
  posted: { accountId: AccountId; rowCount: number },
): Promise<void> {
  const { accountId, rowCount } = posted;
  const { chunkRows = defaultChunkRows } = d;
  const activity = Context.current();
  const first = nextOrdinal(activity);
  if (first >= rowCount) return;
  const chunkFrom = (from: number): PostChunk => ({
    ...{ statementId: key.statementId, accountId, fromOrdinal: from },
    toOrdinal: Math.min(from + chunkRows, rowCount),
  });
  let ahead = prepareChunk(d, key, chunkFrom(first));
  for (let from = first; from < rowCount; from += chunkRows) {
    activity.cancellationSignal.throwIfAborted();
    const ready = await ahead;
    const to = ready.chunk.toOrdinal;
    // The next chunk is opened and sealed while the database works on this one.
    if (to < rowCount) ahead = prepareChunk(d, key, chunkFrom(to));
    ahead.catch(() => {});
    await d.db.withTenant(key.tenantId, async (t) => {
      await postReady(t, key, ready);
      if (rowCount > chunkRows) {
        await noteProgress(t, key, { stage: 'posted', done: to, total: rowCount });
      }
    });
    activity.heartbeat({ nextOrdinal: to });
    announce(d.redis, key);
    await d.failpoint('ingest.midPost');
  }
}

interface ReadyChunk {
  chunk: PostChunk;
  rows: readonly MovedRow[];
  /** What is told when every row of the chunk is new, as nearly always. */
  events: SealedEvents;
}

async function prepareChunk(
  d: PostingDependencies,
  key: StepKey,
  chunk: PostChunk,
): Promise<ReadyChunk> {
  return d.db.withTenant(
    key.tenantId,
    async (t) => {
      const rows = await listMoved(t, chunk);
      return { chunk, rows, events: sealEvents(t, eventsOf(t, chunk, rows), traceOptions()) };
    },
    { readOnly: true },
  );
}

async function postReady(t: TenantHandle, key: StepKey, ready: ReadyChunk): Promise<void> {
  const { chunk, rows, events } = ready;
  const { inserted } = await postChunk(t, chunk);
  if (inserted.length === rows.length) await appendSealed(t, events);
  else {
    const isNew = new Set(inserted);
    const added = rows.filter((row) => isNew.has(row.ordinal));
    await appendEvents(t, eventsOf(t, chunk, added), traceOptions());
  }
  await countNew(t, key, inserted.length);
}

/** The heartbeat may be older than the last chunk; the chunks in between are then repeated. */
function nextOrdinal(activity: Context): number {
  const details: { nextOrdinal?: number } | undefined = activity.info.heartbeatDetails;
  return details?.nextOrdinal ?? 0;
}

async function countNew(t: TenantHandle, key: StepKey, added: number): Promise<void> {
  if (added === 0) return;
  const { newRowCount } = await requireStatement(t, key);
  await patchStatement(t, key.statementId, { newRowCount: newRowCount + added });
}

async function closePosting(
  d: PostingDependencies,
  t: TenantHandle,
  key: StepKey,
): Promise<Posting> {
  const statement = await requireStatement(t, key);
  const { newRowCount } = statement;
  const { movedCount } = await sumsOfLines(t, key.statementId);
  await tieFees(t, key.statementId);
  const { tamper, isInConflict } = await withAmountConflicts(t, statement);
  // Two statements posted at the same moment see each other only now. What was called proven is not,
  // and says so; its rows stay, because a person undoes the statement that turns out to be wrong.
  const verdict = isInConflict ? 'needsReview' : (statement.verdict ?? 'needsReview');
  await patchStatement(t, key.statementId, { postedCount: movedCount, tamper, verdict });
  const counts = { posted: movedCount, newRows: newRowCount };
  const watch = { events: d.telemetry.events, nowMs: d.nowMs };
  await noteStage(t, key, { stage: 'posted', counts, ...watch });
  return { newRowCount, knownRowCount: movedCount - newRowCount };
}

function eventsOf(
  t: TenantHandle,
  chunk: { statementId: string; accountId: AccountId },
  inserted: readonly MovedRow[],
): NewEvent[] {
  const { statementId, accountId } = chunk;
  const events: NewEvent[] = [];
  for (let from = 0; from < inserted.length; from += eventRows) {
    const rows = inserted.slice(from, from + eventRows).map((row) => eventRow(t, row));
    events.push({
      topic: 'transactions.raw',
      key: `${t.tenantId}:${accountId}`,
      type: 'transactions.posted',
      version: 1,
      isPersonal: true,
      data: { statementId, accountId, rows },
    });
  }
  return events;
}

function eventRow(t: TenantHandle, { sealed, ordinal: _, ...row }: MovedRow) {
  const { details, counterparty } = openRow(t, sealed);
  return {
    ...row,
    details,
    counterpartyName: counterparty?.name ?? null,
    shortcode: counterparty?.shortcode ?? null,
  };
}

function traceOptions(): { traceparent?: string } {
  const traceparent = activeTraceparent();
  return traceparent === undefined ? {} : { traceparent };
}
