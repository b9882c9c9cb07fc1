/** Reads a ZIP file by its directory, from anything that gives out bytes by their place. */
import { Readable } from 'node:stream';
import { callbackify } from 'node:util';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';

/** Bytes of the archive from one place to before another. */
export type ReadAt = (range: { from: number; to: number }) => Promise<Buffer>;

export interface ArchiveEntry {
  name: string;
  plainBytes: number;
  /** Where and how it is packed. */
  packed: Entry;
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

const entriesMax = 200_000;
const nameBytesMax = 64 * 1024 * 1024;
const pieceBytes = 1024 * 1024;

/** Opens an archive of `size` bytes; throws a `NoArchive` when it is none. */
export async function openArchive(readAt: ReadAt, size: number): Promise<Archive> {
  const stored = new StoredBytes(readAt, size);
  const zip = await stored.judged(() =>
    fromRandomAccessReaderPromise(stored, size, { autoClose: false, strictFileNames: true }),
  );
  if (zip.entryCount > entriesMax) throw new NoArchive('too many entries');
  const entries = await stored.judged(() => entriesOf(zip));
  return { entries, read: (entry) => readEntry({ stored, zip }, entry) };
}

async function entriesOf(zip: ZipFile): Promise<Map<string, ArchiveEntry>> {
  const entries = new Map<string, ArchiveEntry>();
  let nameBytes = 0;
  for await (const packed of zip.eachEntry()) {
    const { fileName: name, fileNameLength, uncompressedSize: plainBytes } = packed;
    nameBytes += fileNameLength;
    if (nameBytes > nameBytesMax) throw new NoArchive('too long a directory');
    if (entries.has(name)) throw new NoArchive('two entries have the same name');
    if (!packed.canDecodeFileData()) throw new NoArchive('packed in another way');
    entries.set(name, { name, plainBytes, packed });
  }
  return entries;
}

/** Never more than the directory promised, whatever the packed bytes would give. */
async function* readEntry(
  { stored, zip }: { stored: StoredBytes; zip: ZipFile },
  { packed }: ArchiveEntry,
): AsyncGenerator<Buffer> {
  const plain = await stored.judged(() => zip.openReadStreamPromise(packed));
  try {
    for await (const piece of plain) yield Buffer.from(piece);
  } catch (error) {
    throw stored.verdict(error);
  } finally {
    plain.destroy();
  }
}

/**
 * The bytes of the archive for the library, in large aligned pieces of which the newest is kept: a
 * directory is read in steps of 46 bytes.
 */
class StoredBytes extends RandomAccessReader {
  readonly #readAt: ReadAt;
  readonly #size: number;
  #newest: { from: number; bytes: Promise<Buffer> } | undefined;
  /** Why bytes could not be read, which says nothing about the archive. */
  readonly #faults = new Set<unknown>();

  constructor(readAt: ReadAt, size: number) {
    super();
    this.#readAt = readAt;
    this.#size = size;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#pieces(start, Math.min(end, this.#size)), { objectMode: false });
  }

  /** What the library does by a stream for each few bytes, without one. */
  override read(
    buffer: Buffer,
    ...[offset, length, position, done]: [number, number, number, (error: Error | null) => void]
  ): void {
    callbackify(() => this.#copy({ buffer, offset }, position, position + length))(done);
  }

  async #copy(into: { buffer: Buffer; offset: number }, from: number, to: number): Promise<void> {
    let { offset } = into;
    for await (const piece of this.#pieces(from, to)) offset += piece.copy(into.buffer, offset);
  }

  async *#pieces(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end;) {
      const from = at - (at % pieceBytes);
      const bytes = await this.#piece(from);
      const piece = bytes.subarray(at - from, Math.min(end - from, bytes.length));
      if (piece.length === 0) throw new NoArchive('bytes beyond the end');
      yield piece;
      at += piece.length;
    }
  }

  async #piece(from: number): Promise<Buffer> {
    if (this.#newest?.from !== from) {
      const to = Math.min(from + pieceBytes, this.#size);
      this.#newest = { from, bytes: this.#readAt({ from, to }) };
    }
    try {
      return await this.#newest.bytes;
    } catch (error) {
      this.#newest = undefined;
      this.#faults.add(error);
      throw error;
    }
  }

  async judged<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.verdict(error);
    }
  }

  /** A failed read is a fault as it is; everything else is the archive's. */
  verdict(error: unknown): unknown {
    if (this.#faults.has(error) || error instanceof NoArchive) return error;
    return new NoArchive('not an archive, or a damaged one', { cause: error });
  }
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
