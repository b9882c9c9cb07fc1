/** Reads a ZIP file by its directory, from anything that gives out bytes by their place. */
import { pipeline } from 'node:stream/promises';
import { PassThrough, Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/** Bytes of the archive from one place to before another. */
export type ReadAt = (range: { from: number; to: number }) => Promise<Buffer>;

export interface ArchiveEntry {
  name: string;
  offset: number;
  packedBytes: number;
  plainBytes: number;
  isDeflated: boolean;
}

export interface Archive {
  entries: ReadonlyMap<string, ArchiveEntry>;
  /** What an entry says, piece by piece; throws a `NoArchive` when it cannot be unpacked. */
  read(entry: ArchiveEntry): AsyncGenerator<Buffer>;
}

/** The bytes are no archive of ours, or are damaged. */
export class NoArchive extends Error {
  override name = 'NoArchive';
}

const endBytes = 22;
const entryBytes = 46;
const localBytes = 30;
const entriesMax = 65_534;
const directoryBytesMax = 64 * 1024 * 1024;
const pieceBytes = 1024 * 1024;

/** Opens an archive of `size` bytes; throws a `NoArchive` when it is none. */
export async function openArchive(readAt: ReadAt, size: number): Promise<Archive> {
  const entries = new Map<string, ArchiveEntry>();
  const { count, from, to } = await findDirectory(readAt, size);
  const directory = await readAt({ from, to });
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const { entry, next } = entryAt(directory, at);
    if (entries.has(entry.name)) throw new NoArchive('two entries have the same name');
    entries.set(entry.name, entry);
    at = next;
  }
  return { entries, read: (entry) => readEntry(readAt, { entry, size }) };
}

async function findDirectory(readAt: ReadAt, size: number) {
  if (size < endBytes) throw new NoArchive('too short');
  // Archives of ours have no comment, so the end record is where the file ends.
  const end = await readAt({ from: size - endBytes, to: size });
  if (end.readUInt32LE(0) !== 0x06054b50) throw new NoArchive('no end record');
  const count = end.readUInt16LE(10);
  const length = end.readUInt32LE(12);
  const from = end.readUInt32LE(16);
  const isBounded = length <= directoryBytesMax && count <= entriesMax;
  if (!isBounded || from + length > size - endBytes) throw new NoArchive('a directory elsewhere');
  return { count, from, to: from + length };
}

function entryAt(directory: Buffer, at: number): { entry: ArchiveEntry; next: number } {
  if (at + entryBytes > directory.length || directory.readUInt32LE(at) !== 0x02014b50) {
    throw new NoArchive('a damaged directory');
  }
  const method = directory.readUInt16LE(at + 10);
  if (method !== 0 && method !== 8) throw new NoArchive('packed in another way');
  const nameEnd = at + entryBytes + directory.readUInt16LE(at + 28);
  const entry = {
    name: directory.toString('utf8', at + entryBytes, nameEnd),
    offset: directory.readUInt32LE(at + 42),
    packedBytes: directory.readUInt32LE(at + 20),
    plainBytes: directory.readUInt32LE(at + 24),
    isDeflated: method === 8,
  };
  const extra = directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  return { entry, next: nameEnd + extra };
}

async function* readEntry(
  readAt: ReadAt,
  { entry, size }: { entry: ArchiveEntry; size: number },
): AsyncGenerator<Buffer> {
  const { offset, packedBytes, isDeflated } = entry;
  if (offset + localBytes > size) throw new NoArchive('an entry beyond the end');
  const local = await readAt({ from: offset, to: offset + localBytes });
  if (local.readUInt32LE(0) !== 0x04034b50) throw new NoArchive('no entry where one should be');
  const from = offset + localBytes + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (from + packedBytes > size) throw new NoArchive('an entry beyond the end');
  const packed = piecesOf(readAt, from, from + packedBytes);
  yield* isDeflated ? inflated(packed, entry.plainBytes) : packed;
}

async function* piecesOf(readAt: ReadAt, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; at += pieceBytes) {
    yield await readAt({ from: at, to: Math.min(to, at + pieceBytes) });
  }
}

/** Never more than the directory promised, whatever the packed bytes would give. */
async function* inflated(packed: AsyncGenerator<Buffer>, bytesMax: number): AsyncGenerator<Buffer> {
  const plain = new PassThrough();
  const feeding = pipeline(Readable.from(packed), createInflateRaw(), plain);
  feeding.catch(() => {});
  let count = 0;
  try {
    for await (const piece of plain) {
      const bytes = Buffer.from(piece);
      count += bytes.length;
      if (count > bytesMax) throw new NoArchive('an entry is longer than it says');
      yield bytes;
    }
    await feeding;
  } catch (error) {
    if (isZlibError(error)) throw new NoArchive('an entry cannot be unpacked');
    throw error;
  } finally {
    plain.destroy();
  }
}

function isZlibError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_');
}

/** The lines of a text, without their ends; a last line without one counts too. */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(0x0a); end !== -1; end = piece.indexOf(0x0a, from)) {
      yield Buffer.concat([...rest, piece.subarray(from, end)]).toString('utf8');
      rest = [];
      from = end + 1;
    }
    if (from < piece.length) rest.push(piece.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}
