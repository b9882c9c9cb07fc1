/**
 * Turns candidate rows into frames: each becomes a line or a reject, never nothing, and all of them
 * go into the proof. While it is not yet clear whether dates begin with the day or the month, rows
 * wait here; the decision is checked again at the end of the file.
 */
import { maskCardNumbers } from '../../domain/card-number.ts';
import { createDateOrderVotes } from '../../domain/statements/date-order.ts';
import type { DateOrderVotes } from '../../domain/statements/date-order.ts';
import { createProof } from '../../domain/statements/proof.ts';
import type { Proof } from '../../domain/statements/proof.ts';
import { createLineNumbering, readRow, rejectRow } from '../../domain/statements/rows.ts';
import type { RowContext, UnnumberedLine } from '../../domain/statements/rows.ts';
import type {
  CandidateRow,
  ColumnMapping,
  PdfEvidence,
  PrintedFacts,
  RejectedRow,
  RejectReason,
  StatementLine,
} from '../../domain/statements/terms.ts';
import type { DateOrder } from '../../domain/statements/times.ts';
import type { Instant } from '../../domain/time.ts';
import { needs } from './frames.ts';
import type { ReadCounts, ReaderFrame } from './frames.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';

export interface RowSink {
  /** Candidate rows so far. */
  readonly count: number;
  add(candidate: CandidateRow): void;
  /** Counts and rejects a row that has not even the cells of a candidate. */
  refuse(
    row: Pick<CandidateRow, 'page' | 'line' | 'raw'>,
    reason: RejectReason,
    detail: string,
  ): void;
  /** Frames that are full; a `needs` among them ends the reading. */
  take(): ReaderFrame[];
  /** The remaining frames and the report, or `needs` when the dates cannot be decided. */
  finish(file: FileEnd): ReaderFrame[];
}

export interface FileEnd {
  pages: number;
  /** Facts complete with what the last pages print. */
  facts: PrintedFacts;
  /** Rows counted a second way, where there is one. */
  countedInText?: number;
  evidence?: PdfEvidence;
}

export interface RowSinkOptions {
  facts: PrintedFacts;
  now: Instant;
  maxRows: number;
  /** Given by a mapping; decided from the rows otherwise. */
  dateOrder?: DateOrder;
  signRule?: ColumnMapping['signRule'];
}

/** A batch as text stays a small object to the reader's and the worker's memory: below 128 kB. */
const batchRows = 64;
/** Rows asked for the date order; a later one that contradicts fails its own checks. */
const witnesses = 25_000;
/** Rows that may wait for a witness of the date order before a person is asked. */
const maxWaiting = 20_000;

export function createRowSink(options: RowSinkOptions): RowSink {
  const { dateOrder, facts } = options;
  const state: SinkState = {
    options,
    votes: createDateOrderVotes(),
    proof: createProof(facts),
    number: createLineNumbering(),
    frames: [],
    counts: { candidates: 0, lines: 0, rejects: 0, maskedCards: 0 },
    waiting: [],
    lines: [],
    rejects: [],
    context: dateOrder === undefined ? undefined : contextFor(options, dateOrder),
  };
  return {
    get count() {
      return state.counts.candidates;
    },
    add: (candidate) => addCandidate(state, candidate),
    refuse(row, reason, detail) {
      countCandidate(state);
      state.counts.maskedCards += maskCardNumbers(row.raw).found;
      keepReject(state, rejectRow(row, reason, detail));
    },
    take: () => state.frames.splice(0),
    finish: (file) => finishFile(state, file),
  };
}

interface SinkState {
  options: RowSinkOptions;
  votes: DateOrderVotes;
  proof: Proof;
  number: (line: UnnumberedLine) => StatementLine;
  /** Frames that wait to be taken. */
  frames: ReaderFrame[];
  counts: Pick<ReadCounts, 'candidates' | 'lines' | 'rejects' | 'maskedCards'>;
  /** Candidates held back until the date order is known. */
  waiting: CandidateRow[];
  lines: StatementLine[];
  rejects: RejectedRow[];
  /** Undefined until the date order is known. */
  context: RowContext | undefined;
}

function addCandidate(state: SinkState, candidate: CandidateRow): void {
  countCandidate(state);
  const { options, counts, votes, waiting } = state;
  if (options.dateOrder === undefined && counts.candidates <= witnesses) {
    votes.add({ text: candidate.completionTime, receipt: candidate.receipt });
  }
  if (state.context) return readCandidate(state, candidate, state.context);
  waiting.push(candidate);
  if (waiting.length % batchRows === 0) decideOrder(state);
  if (waiting.length > maxWaiting) state.frames.push(ambiguous());
}

function countCandidate({ counts, frames, options }: SinkState): void {
  counts.candidates += 1;
  if (counts.candidates === options.maxRows + 1) {
    frames.push(needs('too-many-rows', tellFile('rows-many', { limit: options.maxRows })));
  }
}

function readCandidate(state: SinkState, candidate: CandidateRow, context: RowContext): void {
  const outcome = readRow(candidate, context);
  state.counts.maskedCards += outcome.maskedCards;
  if (!outcome.ok) return keepReject(state, outcome.reject);
  const line = state.number(outcome.line);
  state.counts.lines += 1;
  state.proof.addLine(line);
  if (state.lines.push(line) >= batchRows) flush(state);
}

function keepReject(state: SinkState, reject: RejectedRow): void {
  state.counts.rejects += 1;
  state.proof.addReject(reject);
  if (state.rejects.push(reject) >= batchRows) flush(state);
}

function flush(state: SinkState): void {
  const { frames, lines, rejects } = state;
  if (lines.length > 0) frames.push({ t: 'lines', lines });
  if (rejects.length > 0) frames.push({ t: 'rejects', rejects });
  state.lines = [];
  state.rejects = [];
}

function decideOrder(state: SinkState): void {
  const order = state.votes.decide();
  if (order !== 'ambiguous' && order !== 'none') startReading(state, order);
}

/** Reads what waited, now that the order of day and month is known. */
function startReading(state: SinkState, order: DateOrder): void {
  const context = contextFor(state.options, order);
  state.context = context;
  for (const candidate of state.waiting) readCandidate(state, candidate, context);
  state.waiting = [];
}

function finishFile(state: SinkState, file: FileEnd): ReaderFrame[] {
  const order = state.options.dateOrder ?? state.votes.decide();
  if (!state.context) decideOrder(state);
  // Rows without one readable time: nothing to decide, each is rejected for its own time.
  if (!state.context && order === 'none') startReading(state, 'year-first');
  const { context } = state;
  if (!context || (order !== 'none' && order !== context.dateOrder)) return [ambiguous()];
  flush(state);
  state.frames.push(reportOf(state, file));
  return state.frames.splice(0);
}

function contextFor(options: RowSinkOptions, dateOrder: DateOrder): RowContext {
  const { facts, now, signRule } = options;
  return { format: facts.format, dateOrder, notAfter: now, ...(signRule && { signRule }) };
}

function reportOf({ proof, counts }: SinkState, file: FileEnd): ReaderFrame {
  const { pages, facts, countedInText, evidence } = file;
  const candidateCount = Math.max(counts.candidates, countedInText ?? 0);
  return {
    t: 'report',
    report: proof.finish({ candidateCount, evidence }),
    facts,
    ...(evidence && { evidence }),
    counts: { ...counts, pages, countedInText },
  };
}

function ambiguous(): ReaderFrame {
  return needs('dates-ambiguous', tellFile('dates-ambiguous'));
}
