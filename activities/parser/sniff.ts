/**
 * What the bytes of an upload are, by their signature and never by the file's name or declared
 * type. Needs the first 64 kB and the size only, so that it can run while the upload streams in.
 */
import type { FileProblem, MediaKind } from '../../domain/statements/terms.ts';
import { readerLimits } from './frames.ts';
import { detectEncoding, type TextEncoding } from './text-encoding.ts';
import { oleKind, zipKind } from './workbook-signature.ts';
import { tellFile } from '../../domain/statements/file-phrases.ts';
import { tellPackage, type PackageKind } from '../../domain/statements/package-phrases.ts';

/** How much of the beginning of a file `sniffStatement` looks at. */
export const sniffBytes = 64 * 1024;

export type Sniffed =
  | { ok: true; mediaKind: MediaKind; encoding?: TextEncoding }
  | { ok: false; problem: FileProblem; detail: string };

/** Beginnings of files that are something else, even when a PDF header hides further in. */
const foreign: readonly (readonly [PackageKind, readonly number[]])[] = [
  ['windows-program', [0x4d, 0x5a]],
  ['linux-program', [0x7f, 0x45, 0x4c, 0x46]],
  ['png-image', [0x89, 0x50, 0x4e, 0x47]],
  ['jpeg-image', [0xff, 0xd8, 0xff]],
  ['gif-image', [0x47, 0x49, 0x46, 0x38]],
  ['gzip-archive', [0x1f, 0x8b]],
  ['7-zip-archive', [0x37, 0x7a, 0xbc, 0xaf]],
  ['rar-archive', [0x52, 0x61, 0x72, 0x21]],
  ['bzip2-archive', [0x42, 0x5a, 0x68]],
  ['xz-archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
];
const zipMagic = [0x50, 0x4b];
const oleMagic = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const pdfHeaderWithin = 1024;

/**
 * Recognises an upload from `head` (its first 64 kB, or all of it when smaller) and its size in
 * bytes. Refuses with `empty-file`, `unsupported-type`, `encoding` or `file-too-large`.
 */
export function sniffStatement(head: Uint8Array, sizeBytes: number): Sniffed {
  if (sizeBytes === 0 || head.byteLength === 0) return refuse('empty-file', tellFile('empty-file'));
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, sniffBytes));
  const sniffed = kindOf(bytes, bytes.byteLength >= sizeBytes);
  if (!sniffed.ok) return sniffed;
  const limit = readerLimits.maxBytes[sniffed.mediaKind];
  if (sizeBytes <= limit) return sniffed;
  return refuse('file-too-large', tellFile('too-large', { megabytes: limit / 1_048_576 }));
}

function kindOf(bytes: Buffer, isWhole: boolean): Sniffed {
  const other = foreign.find(([, magic]) => startsWith(bytes, magic));
  if (other) return unsupported(tellPackage(other[0]));
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
  if (encoding === 'binary') return unsupported(tellPackage('no-known-kind'));
  if (encoding === 'unreadable') {
    return refuse('encoding', tellFile('encoding-unreadable'));
  }
  const text = opening.replaceAll('\0', '');
  if (isMarkup(text)) return unsupported(tellPackage('markup'));
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
  return refuse('unsupported-type', tellFile('unsupported', { what }));
}

function refuse(problem: FileProblem, detail: string): Sniffed {
  return { ok: false, problem, detail };
}
