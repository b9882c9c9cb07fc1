/**
 * The activities that look into a file. The bytes are only ever read by the caged child; what it
 * says is stored here, and what it cannot read comes back as a problem with a name.
 */
import { Context } from '@temporalio/activity';
import type { Redis } from 'ioredis';
import { findOrCreateAccount } from '../db/accounts.ts';
import { appendAudit } from '../db/audit.ts';
import type { Database, TenantHandle } from '../db/database.ts';
import { findMappingByFingerprint, touchMapping } from '../db/mappings.ts';
import type { Statement } from '../db/statement-record.ts';
import { clearLines } from '../db/statement-lines.ts';
import { patchStatement } from '../db/statements.ts';
import { deleteUpload, readUpload } from '../db/uploads.ts';
import { headerFingerprint } from '../domain/statements/mapping.ts';
import type { ColumnMapping, MediaKind } from '../domain/statements/terms.ts';
import { openTicket } from '../temporal/password-tickets.ts';
import { failureTypes } from '../temporal/policies.ts';
import type { Telemetry } from '../telemetry.ts';
import { tellWithBeats } from './beating.ts';
import type { Failpoint } from './failpoint.ts';
import { permanentFault } from './faults.ts';
import { openIntake, type LineIntake } from './line-intake.ts';
import { announce, noteStage, requireStatement } from './operations.ts';
import type { readStatement } from './parser/cage.ts';
import type { ReaderFrame, ReaderLimits } from './parser/frames.ts';
import { accountOf } from './statement-account.ts';
import type {
  FileKey,
  FileSteps,
  Inspection,
  MappingProblem,
  ParseInput,
  PasswordProblem,
  ReadOutcome,
} from './statement-steps.ts';

export interface FileDependencies {
  db: Database;
  redis: Redis;
  read: typeof readStatement;
  telemetry: Pick<Telemetry, 'events'>;
  failpoint: Failpoint;
  /** Milliseconds since 1970. */
  nowMs: () => number;
  limits?: Partial<ReaderLimits>;
  /** Lines stored in one transaction. */
  chunkRows?: number;
}

type Report = Extract<ReaderFrame, { t: 'report' }>;
type Needs = Extract<ReaderFrame, { t: 'needs' }>;

const heartbeatEveryMs = 4_000;
const crashesMax = 5;

/** Builds the steps that run on the queue for files. */
export function createFileActivities(dependencies: FileDependencies): FileSteps {
  return {
    inspectFile: (input) => boundingCrashes(() => inspectFile(dependencies, input)),
    parseStatement: (input) => boundingCrashes(() => parseStatement(dependencies, input)),
  };
}

/** A child ended from outside again and again is no accident any more: an operator must look. */
async function boundingCrashes<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isCrash = error instanceof Error && error.name === 'ReaderFault';
    if (!isCrash || Context.current().info.attempt < crashesMax) throw error;
    throw permanentFault(failureTypes.parserCrashed, error.message);
  }
}

async function inspectFile(d: FileDependencies, input: FileKey): Promise<Inspection> {
  const opened = await open(d, input);
  if (opened.kind !== 'opened') return opened;
  for await (const frame of framesOf(d, input, opened, { mode: 'inspect' })) {
    if (frame.t !== 'needs') continue;
    const outcome = judge(frame, opened.statement.mediaKind);
    if (outcome.kind !== 'mapping') return outcome;
  }
  await d.db.withTenant(input.tenantId, async (t) => {
    await patchStatement(t, input.statementId, {
      status: 'processing',
      problem: null,
      problemDetail: null,
      whenStatus: ['processing', 'waiting-password'],
    });
    await noteStage(t, input, { stage: 'unlocked', ...watchOf(d) });
  });
  announce(d.redis, input);
  return { kind: 'readable' };
}

async function parseStatement(d: FileDependencies, input: ParseInput): Promise<ReadOutcome> {
  const opened = await open(d, input);
  if (opened.kind !== 'opened') return opened;
  const done = readBefore(opened.statement);
  if (done !== undefined) return done;
  const outcome = await readRows(d, input, opened, input.mapping);
  if (outcome.kind !== 'mapping' || input.mapping !== undefined) return outcome;
  const remembered = await findRemembered(d, input, opened);
  if (remembered === undefined) return outcome;
  await d.db.withTenant(input.tenantId, (t) => touchMapping(t, remembered.id));
  return readRows(d, { ...input, mappingId: remembered.id }, opened, remembered.mapping);
}

interface Opened {
  kind: 'opened';
  statement: Statement;
  password: string | undefined;
}

async function open(
  d: FileDependencies,
  input: FileKey,
): Promise<Opened | { kind: 'password'; problem: PasswordProblem }> {
  const { tenantId, passwordTicket } = input;
  const statement = await d.db.withTenant(tenantId, (t) => requireStatement(t, input));
  if (passwordTicket === undefined) return { kind: 'opened', statement, password: undefined };
  const password = await openTicket(d.redis, tenantId, passwordTicket);
  if (password === undefined) return { kind: 'password', problem: 'ticket-expired' };
  return { kind: 'opened', statement, password };
}

/** A run before this one finished and its answer was lost on the way. */
function readBefore(statement: Statement): ReadOutcome | undefined {
  if (!statement.stages.some(({ stage }) => stage === 'parsed')) return undefined;
  return { kind: 'read', rowCount: statement.rowCount, rejectCount: statement.rejectCount };
}

async function readRows(
  d: FileDependencies,
  input: ParseInput,
  opened: Opened,
  mapping: ColumnMapping | undefined,
): Promise<ReadOutcome> {
  const intake = await openIntake(
    { ...d, afterChunk: () => d.failpoint('ingest.midBatch') },
    input,
  );
  try {
    const last = await takeRows(d, input, { opened, mapping, intake });
    if (last.t === 'report') return await keepReport(d, input, last, mapping);
    await setAside(d, input);
    return judge(last, opened.statement.mediaKind, mapping);
  } finally {
    await intake.settle();
  }
}

/** Stores the rows as they come; answers the frame that ends the reading. */
async function takeRows(
  d: FileDependencies,
  input: ParseInput,
  reading: { opened: Opened; mapping: ColumnMapping | undefined; intake: LineIntake },
): Promise<Report | Needs> {
  const { opened, mapping, intake } = reading;
  const options = { mode: 'read', mapping, rows: () => intake.rowsCommitted } as const;
  for await (const frame of framesOf(d, input, opened, options)) {
    if (frame.t === 'lines') await intake.addLines(frame.lines);
    if (frame.t === 'rejects') await intake.addRejects(frame.rejects);
    if (frame.t === 'report') {
      await intake.flush();
      Context.current().cancellationSignal.throwIfAborted();
    }
    if (frame.t === 'needs') await intake.settle();
    if (frame.t === 'report' || frame.t === 'needs') return frame;
  }
  throw new Error('the reader ended without a report');
}

/** Lines of a file that turned out unusable count for nothing; the next reading starts afresh. */
async function setAside(d: FileDependencies, input: ParseInput): Promise<void> {
  await d.db.withTenant(input.tenantId, (t) => clearLines(t, input.statementId));
}

async function keepReport(
  d: FileDependencies,
  input: ParseInput,
  frame: Report,
  mapping: ColumnMapping | undefined,
): Promise<ReadOutcome> {
  const { rowCount, rejectCount } = frame.report;
  await d.db.withTenant(input.tenantId, async (t) => {
    await storeReport(t, input, frame, mapping);
    const { pages } = frame.counts;
    const counts = { rows: rowCount, rejects: rejectCount, pages };
    await noteStage(t, input, { stage: 'parsed', counts, ...watchOf(d) });
    if (frame.counts.maskedCards > 0) await dropFile(t, input);
  });
  announce(d.redis, input);
  warnOfCards(d, input, frame);
  await d.failpoint('ingest.afterParseBeforeReturn');
  return { kind: 'read', rowCount, rejectCount };
}

/**
 * A file with card numbers is not kept: they cannot be masked in it, and what was read of it says
 * everything else. The statement keeps its digest, so that the same file is known when it comes again.
 */
async function dropFile(t: TenantHandle, { statementId, uploadId }: ParseInput): Promise<void> {
  await deleteUpload(t, uploadId);
  await appendAudit(t, {
    ...{ actor: 'service:ingestion', action: 'statement.file-removed', objectKind: 'statement' },
    ...{ objectId: statementId, detail: { reason: 'card-numbers' } },
  });
}

/** Payment card numbers do not belong in statements: they are masked, and somebody should ask why. */
function warnOfCards(d: FileDependencies, input: ParseInput, { counts }: Report): void {
  if (counts.maskedCards === 0) return;
  const { tenantId, statementId } = input;
  d.telemetry.events.cardNumbersMasked({ tenantId, statementId, count: counts.maskedCards });
}

function watchOf({ telemetry, nowMs }: FileDependencies) {
  return { events: telemetry.events, nowMs };
}

async function storeReport(
  t: TenantHandle,
  input: ParseInput,
  { report, facts }: Report,
  mapping: ColumnMapping | undefined,
): Promise<void> {
  const isRefused = report.verdict === 'refused';
  const account = isRefused ? undefined : await findOrCreateAccount(t, accountOf(facts, mapping));
  await patchStatement(t, input.statementId, {
    format: facts.format,
    printed: facts,
    periodFrom: facts.periodFrom ?? null,
    periodTo: facts.periodTo ?? null,
    verdict: report.verdict,
    checks: report.checks,
    tamper: report.tamper,
    rowCount: report.rowCount,
    rejectCount: report.rejectCount,
    totalInCents: report.totalInCents,
    totalOutCents: report.totalOutCents,
    openingCents: report.openingCents ?? null,
    closingCents: report.closingCents ?? null,
    firstAt: report.firstAt ?? null,
    lastAt: report.lastAt ?? null,
    accountId: account?.id ?? null,
    mappingId: input.mappingId ?? null,
  });
}

async function findRemembered(d: FileDependencies, input: ParseInput, opened: Opened) {
  for await (const frame of framesOf(d, input, opened, { mode: 'inspect' })) {
    if (frame.t !== 'preview') continue;
    const fingerprint = headerFingerprint(frame.header);
    return d.db.withTenant(input.tenantId, (t) => findMappingByFingerprint(t, fingerprint));
  }
  return undefined;
}

/** The reader's frames with heartbeats beside them; a cancelled activity kills the child. */
async function* framesOf(
  d: FileDependencies,
  input: FileKey,
  opened: Opened,
  reading: { mode: 'inspect' | 'read'; mapping?: ColumnMapping | undefined; rows?: () => number },
): AsyncGenerator<ReaderFrame, void, void> {
  const activity = Context.current();
  const beat = () => tellWithBeats(activity, { rowsCommitted: reading.rows?.() ?? 0 });
  const timer = setInterval(beat, heartbeatEveryMs);
  beat();
  try {
    yield* d.read(readUpload(d.db, input.tenantId, input.uploadId), {
      mediaKind: opened.statement.mediaKind,
      mode: reading.mode,
      // The upload's own time, so that every attempt calls the same rows future ones.
      now: opened.statement.createdAt,
      signal: activity.cancellationSignal,
      ...(opened.password === undefined ? {} : { password: opened.password }),
      ...(reading.mapping === undefined ? {} : { mapping: reading.mapping }),
      ...(d.limits === undefined ? {} : { limits: d.limits }),
    });
  } finally {
    clearInterval(timer);
  }
}

/** Problems a person can solve by saying what the columns of a table mean. */
const mappingProblems: readonly MappingProblem[] = ['mapping-needed', 'columns', 'dates-ambiguous'];

/**
 * What a problem of the file means for the process: a password, a mapping, or the end. Columns that
 * are missing or repeated before anybody mapped them leave nothing to choose from.
 */
function judge({ problem, detail }: Needs, mediaKind: MediaKind, mapping?: ColumnMapping) {
  if (problem === 'password-needed' || problem === 'password-wrong') {
    return { kind: 'password', problem } as const;
  }
  const mappingProblem = mappingProblems.find((candidate) => candidate === problem);
  const isHopeless = problem === 'columns' && mapping === undefined;
  if (mediaKind !== 'pdf' && mappingProblem !== undefined && !isHopeless) {
    return { kind: 'mapping', problem: mappingProblem, detail } as const;
  }
  return { kind: 'refused', problem, detail } as const;
}
