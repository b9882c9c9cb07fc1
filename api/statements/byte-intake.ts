/**
 * Takes the bytes of one file as they arrive: recognises them by their beginning, counts and hashes
 * them, and hands them on in pieces of one megabyte, so that no file is ever whole in memory.
 */
import { createHash } from 'node:crypto';
import type { Problem } from '../problems.ts';

/** Where the pieces go; `write` is only called after `begin`. */
export interface UploadSink {
  begin(fileName: string): Promise<void>;
  write(piece: Buffer): Promise<void>;
}

export interface ReceivedFile<Kind> {
  fileName: string;
  sizeBytes: number;
  /** Lower-case hexadecimal. */
  sha256: string;
  mediaKind: Kind;
}

/** What files are taken in, and what each is by its content. */
export interface Intake<Kind> {
  /** Bytes of the largest file. */
  bytesMax: number;
  /** Media types of a body that is the file itself. */
  types: ReadonlySet<string>;
  /** Fields a form may have beside its file. */
  fields: ReadonlySet<string>;
  /** What a file without a name is called. */
  unnamed: string;
  /** As many first bytes as `look` needs. */
  headBytes: number;
  /** What a file is by its beginning, and whether it is still small enough for that. */
  look(head: Buffer, sizeBytes: number): { mediaKind: Kind } | Problem;
}

const pieceBytes = 1024 * 1024;

/** Reads a file to its end, or as far as it takes to refuse it. */
export async function takeBytes<Kind>(
  chunks: AsyncIterable<Buffer>,
  fileName: string,
  { sink, intake }: { sink: UploadSink; intake: Intake<Kind> },
): Promise<ReceivedFile<Kind> | Problem> {
  const { headBytes, look } = intake;
  const hash = createHash('sha256');
  const pending = new PendingBytes();
  let head: Buffer | undefined;
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    hash.update(chunk);
    pending.add(chunk);
    while (pending.size > pieceBytes) {
      // One byte more than the head may be: the file is not known to end here.
      const looked = look(head ?? pending.peek(headBytes), Math.max(sizeBytes, headBytes + 1));
      if ('problem' in looked) return looked;
      if (head === undefined) await sink.begin(fileName);
      head ??= pending.peek(headBytes);
      await sink.write(pending.take(pieceBytes));
    }
  }
  const looked = look(head ?? pending.peek(headBytes), sizeBytes);
  if ('problem' in looked) return looked;
  if (head === undefined) await sink.begin(fileName);
  if (pending.size > 0) await sink.write(pending.take(pending.size));
  return { fileName, sizeBytes, sha256: hash.digest('hex'), mediaKind: looked.mediaKind };
}

/** Bytes that came in and were not handed on yet. */
class PendingBytes {
  size = 0;
  #chunks: Buffer[] = [];

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.size += chunk.length;
  }

  peek(count: number): Buffer {
    return Buffer.from(this.#joined().subarray(0, count));
  }

  take(count: number): Buffer {
    const all = this.#joined();
    const rest = all.subarray(count);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
    return all.subarray(0, count);
  }

  #joined(): Buffer {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
