/**
 * What the caged child and its parent say to each other. Towards the child: a four-byte big-endian
 * length, that many bytes of JSON (a `ReaderRequest`), then the bytes of the file until the end.
 * Back: one JSON object per line, which make up frames (`ChildFrame`). Nothing else crosses the
 * fence.
 */
import { packLines, unpackLines, type Saying } from './packed-lines.ts';
import { isCount, isRecord } from './shapes.ts';
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

/** Where the header of a table stands, and what parts its cells (`,` in workbooks). */
export type TableSource = Pick<ColumnMapping, 'headerRow' | 'delimiter'>;

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
      source: TableSource;
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

/** A frame as the lines of text that carry it: lines of a statement are preceded by their sayings. */
export function frameTexts(frame: ChildFrame): string[] {
  if (frame.t !== 'lines') return [JSON.stringify(frame)];
  const { sayings, lines } = packLines(frame.lines);
  return [JSON.stringify({ t: 'sayings', sayings }), JSON.stringify({ t: 'lines', lines })];
}

/** The whole file cannot be used, or has to wait for a person; it is the last frame of a reading. */
export function needs(
  problem: FileProblem,
  detail: string,
): { t: 'needs'; problem: FileProblem; detail: string } {
  return { t: 'needs', problem, detail };
}

/** What a line of the child's output was: a frame, a part of the next one, or nonsense. */
export type Heard = ChildFrame | { t: 'sayings' } | undefined;

/**
 * Understands the child's output line by line. The child has handled hostile bytes, so every line is
 * checked to be what it says it is.
 */
export function createListener(): (text: string) => Heard {
  let sayings: readonly Saying[] = [];
  return (text) => {
    const value = parseJson(text);
    if (!isRecord(value)) return undefined;
    if (value['t'] === 'sayings') {
      if (!isSayings(value['sayings'])) return undefined;
      sayings = value['sayings'];
      return { t: 'sayings' };
    }
    if (value['t'] === 'lines') {
      const packed: unknown = value['lines'];
      const lines = Array.isArray(packed) ? unpackLines(packed, sayings) : undefined;
      return lines && { t: 'lines', lines };
    }
    return isPlainFrame(value) ? value : undefined;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSayings(value: unknown): value is Saying[] {
  return Array.isArray(value) && value.every(isRecord);
}

type PlainFrame = Exclude<ChildFrame, { t: 'lines' }>;

function isPlainFrame(value: Record<string, unknown>): value is PlainFrame & typeof value {
  switch (value['t']) {
    case 'facts':
      return isRecord(value['facts']);
    case 'preview':
      return (
        Array.isArray(value['header']) && Array.isArray(value['rows']) && isRecord(value['source'])
      );
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

function isReject(reject: unknown): boolean {
  return isRecord(reject) && isCount(reject['line']) && typeof reject['reason'] === 'string';
}
