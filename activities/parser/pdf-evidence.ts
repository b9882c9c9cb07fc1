/** What the bytes and the dictionary of a PDF tell about its making, beyond the text it shows. */
import { instantFromEpochMs, isCalendarDay, type Instant } from '../../domain/time.ts';
import type { PdfEvidence } from '../../domain/statements/terms.ts';
import type { PdfFile } from './pdf-document.ts';
import { findStreamFault, type StreamFault } from './pdf-streams.ts';

/** Names of objects that can run, open or carry something. */
const activeNames = [
  '/JavaScript',
  '/JS',
  '/Launch',
  '/EmbeddedFile',
  '/RichMedia',
  '/XFA',
  '/SubmitForm',
  '/ImportData',
];
/** A link is harmless until a person follows it; one that opens with the document is not. */
const opensSomething = /^\/OpenAction\s*<<[^>]{0,200}\/S\s*\/(?!GoTo\b)/;
const longestChain = 64;

export interface ByteEvidence {
  isLinearized: boolean;
  incrementalUpdates: number;
  hasActiveNames: boolean;
  /** Packed text that does not unpack as it should. */
  streamFault: StreamFault | undefined;
}

/** Scans the bytes; to be done before the parser takes them over. */
export function scanPdfBytes(bytes: Buffer): ByteEvidence {
  const isLinearized = bytes.subarray(0, 2048).includes('/Linearized');
  // A linearized file has two cross-reference sections from birth.
  const sections = countSections(bytes);
  return {
    isLinearized,
    incrementalUpdates: Math.max(0, sections - (isLinearized ? 2 : 1)),
    hasActiveNames: activeNames.some((name) => hasName(bytes, name)) || actsOnOpening(bytes),
    streamFault: findStreamFault(bytes),
  };
}

/** The name itself, not the beginning of a longer one. */
function hasName(bytes: Buffer, name: string): boolean {
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
    const next = bytes[at + name.length] ?? 32;
    const isLetter = (next >= 65 && next <= 90) || (next >= 97 && next <= 122);
    if (!isLetter) return true;
  }
  return false;
}

function actsOnOpening(bytes: Buffer): boolean {
  for (let at = bytes.indexOf('/OpenAction'); at >= 0; at = bytes.indexOf('/OpenAction', at + 1)) {
    if (opensSomething.test(bytes.toString('latin1', at, at + 256))) return true;
  }
  return false;
}

/** Follows the cross-reference sections from the last one through `/Prev`, each once. */
function countSections(bytes: Buffer): number {
  const base = Math.max(0, bytes.subarray(0, 1024).indexOf('%PDF-'));
  const last = bytes.lastIndexOf('startxref');
  let at = last < 0 ? undefined : numberAfter(bytes, last + 'startxref'.length);
  const seen = new Set<number>();
  while (at !== undefined && !seen.has(at) && seen.size < longestChain) {
    const dictionary = sectionDictionary(bytes, at + base);
    if (dictionary === undefined) break;
    seen.add(at);
    const previous = /\/Prev\s+(\d+)/.exec(dictionary)?.[1];
    at = previous === undefined ? undefined : Number(previous);
  }
  return Math.max(1, seen.size);
}

function numberAfter(bytes: Buffer, at: number): number | undefined {
  const digits = /^\s*(\d{1,10})/.exec(bytes.toString('latin1', at, at + 24))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The trailer of a table, or the dictionary of a cross-reference stream, at an offset. */
function sectionDictionary(bytes: Buffer, at: number): string | undefined {
  const start = bytes.toString('latin1', at, at + 24);
  if (/^\s*xref/.test(start)) {
    const trailer = bytes.indexOf('trailer', at);
    return trailer < 0 ? undefined : cutAt(bytes, trailer, 'startxref');
  }
  return /^\s*\d+\s+\d+\s+obj/.test(start) ? cutAt(bytes, at, 'stream') : undefined;
}

function cutAt(bytes: Buffer, from: number, word: string): string {
  const end = bytes.indexOf(word, from);
  return bytes.toString('latin1', from, Math.min(end < 0 ? from + 4096 : end, from + 4096));
}

/** Counts the fonts that print amounts, by the document's own font names. */
export type FontTally = Map<string, number>;

/** Puts the evidence together once all pages are read. */
export function pdfEvidence(file: PdfFile, scan: ByteEvidence, fonts: FontTally): PdfEvidence {
  const byName = new Map<string, number>();
  for (const [font, cells] of fonts) {
    const name = file.fontName(font);
    byName.set(name, (byName.get(name) ?? 0) + cells);
  }
  return {
    producer: file.info.get('Producer'),
    creator: file.info.get('Creator'),
    createdAt: pdfDate(file.info.get('CreationDate')),
    modifiedAt: pdfDate(file.info.get('ModDate')),
    isEncrypted: file.isEncrypted,
    isLinearized: scan.isLinearized,
    incrementalUpdates: scan.incrementalUpdates,
    hasActiveContent: scan.hasActiveNames || file.hasActiveContent,
    amountFonts: [...byName].map(([font, cells]) => ({ font, cells })),
  };
}

const datePattern =
  /^D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:Z|([+-])(\d{2})'?(\d{2})?'?)?/;

/** `D:20250228093541+03'00'` (ISO 32000-1, 7.9.4) → instant; undefined when unreadable. */
export function pdfDate(text: string | undefined): Instant | undefined {
  const match = datePattern.exec(text ?? '');
  if (!match) return undefined;
  const part = (at: number, absent: number): number => Number(match[at] ?? absent);
  const [year, month, day] = [part(1, 0), part(2, 1), part(3, 1)];
  const [hour, minute, second] = [part(4, 0), part(5, 0), part(6, 0)];
  if (!isCalendarDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined;
  const offsetMinutes = (match[7] === '-' ? -1 : 1) * (part(8, 0) * 60 + part(9, 0));
  const epochMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return instantFromEpochMs(epochMs - offsetMinutes * 60_000);
}
