/**
 * What the caged child and its parent say to each other. Towards the child: a four-byte big-endian
 * length, that many bytes of JSON (a `ReaderRequest`), then the bytes of the file until the end.
 * Back: one JSON object per line (`ChildFrame`). Nothing else crosses the fence.
 */
import type {
  ColumnMapping,
  FileProblem,
  MediaKind,
  PdfEvidence,
  PrintedFacts,
  ProofReport,
  RejectedRow,
  StatementLine,
} from '../../domain/statements/terms.ts';
import type { Instant } from '../../domain/time.ts';

export interface ReaderLimits {
  /** Largest file by kind, in bytes. */
  maxBytes: Readonly<Record<MediaKind, number>>;
  maxPages: number;
  /** Candidate rows, accepted or not. */
  maxRows: number;
  /** Time the child may take for a small file and for one of the largest size, in milliseconds. */
  smallFileMs: number;
  largeFileMs: number;
  /** Resident memory above which the child is killed, in bytes. */
  maxResidentBytes: number;
  /** V8 heap of the child, in megabytes. */
  heapMegabytes: number;
  /** Longest single output line, and all output together per input byte plus a base, in bytes. */
  maxFrameBytes: number;
  maxOutputBytes: number;
}

const mb = 1024 * 1024;

export const readerLimits: ReaderLimits = {
  maxBytes: { pdf: 20 * mb, xlsx: 20 * mb, xls: 20 * mb, csv: 64 * mb },
  maxPages: 500,
  maxRows: 250_000,
  smallFileMs: 30_000,
  largeFileMs: 120_000,
  maxResidentBytes: 512 * mb,
  heapMegabytes: 256,
  maxFrameBytes: 16 * mb,
  maxOutputBytes: 1024 * mb,
};

/** The header in front of the file's bytes. The password lives here and nowhere else. */
export interface ReaderRequest {
  mediaKind: MediaKind;
  /** `inspect` answers what the file is without reading its rows. */
  mode: 'inspect' | 'read';
  /** Rows dated after this are refused; the child has no clock of its own. */
  now: Instant;
  password?: string;
  mapping?: ColumnMapping;
  maxPages: number;
  maxRows: number;
  maxBytes: number;
}

export interface ReadCounts {
  /** Rows found by the reader; always lines plus rejects. */
  candidates: number;
  lines: number;
  rejects: number;
  /** Payment card numbers that were replaced by stars in the kept texts. */
  maskedCards: number;
  pages: number;
  /** Rows counted a second way, from the plain text; undefined where there is only one way. */
  countedInText: number | undefined;
}

export type ReaderFrame =
  | { t: 'facts'; facts: PrintedFacts; evidence?: PdfEvidence }
  | {
      t: 'preview';
      header: string[];
      rows: string[][];
      proposed?: ColumnMapping;
      reasons: string[];
    }
  | { t: 'lines'; lines: StatementLine[] }
  | { t: 'rejects'; rejects: RejectedRow[] }
  | { t: 'progress'; pages: number; rows: number }
  | { t: 'needs'; problem: FileProblem; detail: string }
  | {
      t: 'report';
      report: ProofReport;
      facts: PrintedFacts;
      evidence?: PdfEvidence;
      counts: ReadCounts;
    };

/**
 * `ready` tells the parent that the child runs and has its request, so that whatever goes wrong from
 * there is the file's doing; `end` that silence afterwards is intended.
 */
export type ChildFrame = ReaderFrame | { t: 'ready' } | { t: 'end' };

/** The whole file cannot be used, or has to wait for a person; it is the last frame of a reading. */
export function needs(
  problem: FileProblem,
  detail: string,
): { t: 'needs'; problem: FileProblem; detail: string } {
  return { t: 'needs', problem, detail };
}

/**
 * One line of the child's output → a frame, or undefined when it is not one. The child has handled
 * hostile bytes, so the figures that turn into money are checked; the rest is checked for shape.
 */
export function parseChildFrame(text: string): ChildFrame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isChildFrame(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isChildFrame(value: unknown): value is ChildFrame {
  if (!isRecord(value)) return false;
  switch (value['t']) {
    case 'facts':
      return isRecord(value['facts']);
    case 'preview':
      return Array.isArray(value['header']) && Array.isArray(value['rows']);
    case 'lines':
      return Array.isArray(value['lines']) && value['lines'].every(isLine);
    case 'rejects':
      return Array.isArray(value['rejects']) && value['rejects'].every(isReject);
    case 'progress':
      return isCount(value['pages']) && isCount(value['rows']);
    case 'needs':
      return typeof value['problem'] === 'string' && typeof value['detail'] === 'string';
    case 'report':
      return isRecord(value['report']) && isRecord(value['facts']) && isRecord(value['counts']);
    case 'ready':
    case 'end':
      return true;
    default:
      return false;
  }
}

function isLine(line: unknown): boolean {
  return (
    isRecord(line) &&
    isCount(line['ordinal']) &&
    isCount(line['inCents']) &&
    isCount(line['outCents']) &&
    (line['balanceCents'] === undefined || Number.isSafeInteger(line['balanceCents'])) &&
    typeof line['receipt'] === 'string' &&
    typeof line['completedAt'] === 'string' &&
    typeof line['raw'] === 'string' &&
    isRecord(line['reading'])
  );
}

function isReject(reject: unknown): boolean {
  return isRecord(reject) && isCount(reject['line']) && typeof reject['reason'] === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
