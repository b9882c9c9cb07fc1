/**
 * What the bytes of an upload are, by their signature and never by the file's name or declared
 * type. Needs the first 64 kB and the size only, so that it can run while the upload streams in.
 */
import type { FileProblem, MediaKind } from '../../domain/statements/terms.ts';
import { readerLimits } from './frames.ts';
import { detectEncoding, type TextEncoding } from './text-encoding.ts';
import { oleKind, zipKind } from './workbook-signature.ts';

/** How much of the beginning of a file `sniffStatement` looks at. */
export const sniffBytes = 64 * 1024;

export type Sniffed =
  | { ok: true; mediaKind: MediaKind; encoding?: TextEncoding }
  | { ok: false; problem: FileProblem; detail: string };

/** Beginnings of files that are something else, even when a PDF header hides further in. */
const foreign: readonly (readonly [string, readonly number[]])[] = [
  ['a Windows program', [0x4d, 0x5a]],
  ['a Linux program', [0x7f, 0x45, 0x4c, 0x46]],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a gzip archive', [0x1f, 0x8b]],
  ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf]],
  ['a RAR archive', [0x52, 0x61, 0x72, 0x21]],
  ['a bzip2 archive', [0x42, 0x5a, 0x68]],
  ['an xz archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
];
const zipMagic = [0x50, 0x4b];
const oleMagic = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const pdfHeaderWithin = 1024;

/**
 * Recognises an upload from `head` (its first 64 kB, or all of it when smaller) and its size in
 * bytes. Refuses with `empty-file`, `unsupported-type`, `encoding` or `file-too-large`.
 */
export function sniffStatement(head: Uint8Array, sizeBytes: number): Sniffed {
  if (sizeBytes === 0 || head.byteLength === 0) return refuse('empty-file', 'The file is empty.');
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, sniffBytes));
  const sniffed = kindOf(bytes, bytes.byteLength >= sizeBytes);
  if (!sniffed.ok) return sniffed;
  const limit = readerLimits.maxBytes[sniffed.mediaKind];
  if (sizeBytes <= limit) return sniffed;
  return refuse('file-too-large', `The file is larger than ${limit / 1_048_576} MB.`);
}

function kindOf(bytes: Buffer, isWhole: boolean): Sniffed {
  const other = foreign.find(([, magic]) => startsWith(bytes, magic));
  if (other) return unsupported(`it is ${other[0]}`);
  if (startsWith(bytes, zipMagic)) {
    const problem = zipKind(bytes, isWhole);
    return problem === undefined ? { ok: true, mediaKind: 'xlsx' } : unsupported(problem);
  }
  if (startsWith(bytes, oleMagic)) {
    const problem = oleKind(bytes);
    return problem === undefined ? { ok: true, mediaKind: 'xls' } : unsupported(problem);
  }
  return pdfOrText(bytes, isWhole);
}

function pdfOrText(bytes: Buffer, isWhole: boolean): Sniffed {
  const opening = bytes.subarray(0, pdfHeaderWithin).toString('latin1');
  const header = opening.indexOf('%PDF-');
  if (header >= 0 && !isMarkup(opening)) return { ok: true, mediaKind: 'pdf' };
  const encoding = detectEncoding(bytes, isWhole);
  if (encoding === 'binary') return unsupported('it is neither a PDF, a spreadsheet nor text');
  if (encoding === 'unreadable') {
    return refuse('encoding', 'The text is in an encoding that cannot be read; save it as UTF-8.');
  }
  const text = opening.replaceAll('\0', '');
  if (isMarkup(text)) return unsupported('it is a web page or XML');
  return { ok: true, mediaKind: 'csv', encoding };
}

/** Web pages, also those some systems save under a spreadsheet's name, and XML in general. */
function isMarkup(text: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)?\s*</.test(text);
}

function startsWith(bytes: Buffer, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

function unsupported(what: string): Sniffed {
  return refuse(
    'unsupported-type',
    `This cannot be read as a statement: ${what}. Send a PDF, CSV, XLSX or XLS.`,
  );
}

function refuse(problem: FileProblem, detail: string): Sniffed {
  return { ok: false, problem, detail };
}
