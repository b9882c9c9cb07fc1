/** Looks at a ZIP archive's central directory before anything is unpacked. */
import { tellPackage } from '../../domain/statements/package-phrases.ts';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const entryBytes = 46;
const maxEntries = 2_000;
const maxUnpackedBytes = 160 * 1024 * 1024;
const maxRatio = 250;
/** Small parts may compress extremely well without being a bomb. */
const ratioMattersFrom = 4 * 1024 * 1024;

interface Entry {
  name: string;
  flags: number;
  packed: number;
  unpacked: number;
  unixMode: number;
}

/**
 * Why a workbook must not be unpacked, in plain words, or undefined when its directory is sane:
 * few entries, honest names, no links, no locks, no nested archives, bounded size and ratio.
 */
export function zipProblem(bytes: Buffer): string | undefined {
  const entries = readDirectory(bytes);
  if (typeof entries === 'string') return entries;
  for (const entry of entries) {
    const problem = entryProblem(entry);
    if (problem !== undefined) return problem;
  }
  const names = entries.map((entry) => entry.name);
  if (new Set(names).size !== names.length) return tellPackage('names-repeat');
  if (!names.includes('[Content_Types].xml') || !names.some((name) => name.startsWith('xl/'))) {
    return tellPackage('no-workbook');
  }
  const unpacked = entries.reduce((sum, entry) => sum + entry.unpacked, 0);
  if (unpacked > maxUnpackedBytes) return tellPackage('unpacked-large');
  const isBomb = unpacked > ratioMattersFrom && unpacked / bytes.byteLength > maxRatio;
  return isBomb ? tellPackage('bomb') : undefined;
}

function entryProblem({ name, flags, unixMode, packed, unpacked }: Entry): string | undefined {
  if (/^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/.test(name)) {
    return tellPackage('leads-outside');
  }
  if ((flags & 1) === 1) return tellPackage('part-locked');
  if ((unixMode & 0o170000) === 0o120000) return tellPackage('part-is-link');
  if (/\.(?:zip|xlsx|xlsm|gz|7z|rar|jar)$/i.test(name)) return tellPackage('nested');
  return packed === 0xffffffff || unpacked === 0xffffffff ? tellPackage('wide-zip') : undefined;
}

function readDirectory(bytes: Buffer): Entry[] | string {
  const end = findEnd(bytes);
  if (end === undefined) return tellPackage('cut-off');
  const count = bytes.readUInt16LE(end + 10);
  if (count > maxEntries) return tellPackage('many-parts', { limit: maxEntries });
  const entries: Entry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + entryBytes > bytes.byteLength || bytes.readUInt32LE(at) !== entrySignature) {
      return tellPackage('list-damaged');
    }
    const nameBytes = bytes.readUInt16LE(at + 28);
    entries.push({
      name: bytes.toString('utf8', at + entryBytes, at + entryBytes + nameBytes),
      flags: bytes.readUInt16LE(at + 8),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
      unixMode: bytes.readUInt32LE(at + 38) >>> 16,
    });
    at += entryBytes + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** The end record stands at the end, before a comment of at most 64 kB. */
function findEnd(bytes: Buffer): number | undefined {
  const lowest = Math.max(0, bytes.byteLength - endBytes - 0xffff);
  for (let at = bytes.byteLength - endBytes; at >= lowest; at -= 1) {
    if (bytes.readUInt32LE(at) === endSignature) return at;
  }
  return undefined;
}
