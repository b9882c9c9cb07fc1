/** Tells a spreadsheet from the other things that come in a ZIP archive or an OLE compound file. */
import { tellPackage } from '../../domain/statements/package-phrases.ts';

const localHeader = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const otherOffice = ['word/', 'ppt/', 'visio/', 'META-INF/', 'AndroidManifest.xml'];

/**
 * Looks at the names of the entries that begin in `bytes` (the start of a ZIP archive). Returns why
 * it is no .xlsx workbook, or undefined when it is one: it has sheets, or, where only the beginning is
 * seen, at least the list of contents, which some programs write first and others last.
 */
export function zipKind(bytes: Buffer, isWhole: boolean): string | undefined {
  const names = localEntryNames(bytes);
  if (names.some((name) => otherOffice.some((start) => name.startsWith(start)))) {
    return tellPackage('other-package');
  }
  const hasSheets = names.some((name) => name.startsWith('xl/'));
  const hasContents = names.includes('[Content_Types].xml');
  return hasSheets || (hasContents && !isWhole) ? undefined : tellPackage('zip-archive');
}

function localEntryNames(bytes: Buffer): string[] {
  const names: string[] = [];
  for (let at = bytes.indexOf(localHeader); at >= 0; at = bytes.indexOf(localHeader, at + 4)) {
    if (at + 30 > bytes.byteLength) break;
    const length = bytes.readUInt16LE(at + 26);
    names.push(bytes.toString('utf8', at + 30, at + 30 + length));
  }
  return names;
}

/**
 * Looks at the first directory sector of an OLE compound file. Returns why it is no .xls workbook,
 * or undefined when it is one or when the directory lies beyond the part seen here.
 */
export function oleKind(bytes: Buffer): string | undefined {
  const names = oleEntryNames(bytes);
  if (names.length === 0) return undefined;
  if (names.includes('EncryptedPackage')) {
    return tellPackage('workbook-locked');
  }
  if (names.includes('Workbook') || names.includes('Book')) return undefined;
  // The directory goes on in other sectors when its first holds four entries.
  return names.length >= 4 && !names.includes('WordDocument')
    ? undefined
    : tellPackage('office-document');
}

/** Names in the first directory sector ([MS-CFB] 2.6: 128-byte entries, UTF-16, length at 64). */
function oleEntryNames(bytes: Buffer): string[] {
  if (bytes.byteLength < 512) return [];
  const sectorBytes = 2 ** Math.min(bytes.readUInt16LE(30), 12);
  const start = (bytes.readUInt32LE(48) + 1) * sectorBytes;
  const names: string[] = [];
  for (let at = start; at + 128 <= Math.min(bytes.byteLength, start + sectorBytes); at += 128) {
    const length = Math.min(bytes.readUInt16LE(at + 64), 64);
    if (length >= 2) names.push(bytes.toString('utf16le', at, at + length - 2));
  }
  return names;
}
