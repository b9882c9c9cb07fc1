/**
 * Turns candidate rows into frames: each becomes a line or a reject, never nothing, and all of them
 * go into the proof. While it is not yet clear whether dates begin with the day or the month, rows
 * wait here; the decision is checked again at the end of the file.
 */
import { createDateOrderVotes } from '../../domain/statements/date-order.ts';
import { createProof } from '../../domain/statements/proof.ts';
import { createLineNumbering, readRow, rejectRow } from '../../domain/statements/rows.ts';
import type { RowContext } from '../../domain/statements/rows.ts';
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

export interface RowSink {
  /** Candidate rows so far. */
  readonly count: number;
  add(candidate: CandidateRow): void;
  /** Counts and rejects a row that has not even the cells of a candidate. */
  refuse(row: Pick<CandidateRow, 'page' | 'line' | 'raw'>, reason: RejectReason, detail: string): void;
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

const batchRows = 500;
/** Rows asked for the date order; a later one that contradicts fails its own checks. */
const witnesses = 25_000;
/** Rows that may wait for a witness of the date order before a person is asked. */
const maxWaiting = 20_000;

export function createRowSink(options: RowSinkOptions): RowSink {
  const votes = createDateOrderVotes();
  const proof = createProof(options.facts);
  const number = createLineNumbering();
  const frames: ReaderFrame[] = [];
  const counts = { candidates: 0, lines: 0, rejects: 0, maskedCards: 0 };
  let waiting: CandidateRow[] = [];
  let lines: StatementLine[] = [];
  let rejects: RejectedRow[] = [];
  let context: RowContext | undefined =
    options.dateOrder === undefined ? undefined : contextFor(options, options.dateOrder);

  const keepReject = (reject: RejectedRow): void => {
    counts.rejects += 1;
    proof.addReject(reject);
    if (rejects.push(reject) >= batchRows) flushRejects();
  };
  const flushLines = (): void => {
    if (lines.length > 0) frames.push({ t: 'lines', lines });
    lines = [];
  };
  const flushRejects = (): void => {
    if (rejects.length > 0) frames.push({ t: 'rejects', rejects });
    rejects = [];
  };
  const read = (candidate: CandidateRow, with_: RowContext): void => {
    const outcome = readRow(candidate, with_);
    counts.maskedCards += outcome.maskedCards;
    if (!outcome.ok) return keepReject(outcome.reject);
    const line = number(outcome.line);
    counts.lines += 1;
    proof.addLine(line);
    if (lines.push(line) >= batchRows) flushLines();
  };
  const decide = (): void => {
    const order = votes.decide();
    if (order === 'ambiguous' || order === 'none') return;
    context = contextFor(options, order);
    for (const candidate of waiting) read(candidate, context);
    waiting = [];
  };
  const count = (): void => {
    counts.candidates += 1;
    if (counts.candidates === options.maxRows + 1) {
      frames.push(needs('too-many-rows', `The file has more than ${options.maxRows} rows.`));
    }
  };

  return {
    get count() {
      return counts.candidates;
    },
    add(candidate) {
      count();
      if (options.dateOrder === undefined && counts.candidates <= witnesses) {
        votes.add({ text: candidate.completionTime, receipt: candidate.receipt });
      }
      if (context) return read(candidate, context);
      waiting.push(candidate);
      if (waiting.length % batchRows === 0) decide();
      if (waiting.length > maxWaiting) frames.push(ambiguous());
    },
    refuse(row, reason, detail) {
      count();
      keepReject(rejectRow(row, reason, detail));
    },
    take: () => frames.splice(0),
    finish(file) {
      const order = options.dateOrder ?? votes.decide();
      if (!context) decide();
      // Rows without one readable time: nothing to decide, each is rejected for its own time.
      if (!context && order === 'none') {
        context = contextFor(options, 'year-first');
        for (const candidate of waiting) read(candidate, context);
      }
      if (!context || (order !== 'none' && order !== context.dateOrder)) return [ambiguous()];
      flushLines();
      flushRejects();
      frames.push(reportOf(proof, counts, file));
      return frames.splice(0);
    },
  };
}

function contextFor(options: RowSinkOptions, dateOrder: DateOrder): RowContext {
  const { facts, now, signRule } = options;
  return { format: facts.format, dateOrder, notAfter: now, ...(signRule && { signRule }) };
}

function reportOf(
  proof: ReturnType<typeof createProof>,
  counts: Pick<ReadCounts, 'candidates' | 'lines' | 'rejects' | 'maskedCards'>,
  file: FileEnd,
): ReaderFrame {
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
  return needs(
    'dates-ambiguous',
    'The dates can be read with the day or the month first, and the rows do not decide it.',
  );
}
