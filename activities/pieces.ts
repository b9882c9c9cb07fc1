/** Gathers what a file is made of into pieces of one size, and hands each on to be stored. */
import { createHash } from 'node:crypto';

const pieceBytes = 256 * 1024;

export interface Pieces {
  /** Adds text or bytes; resolves when what is full is stored. */
  write(part: string | Uint8Array): Promise<void>;
  /** Stores the rest; answers the size of the whole and its digest in hex. */
  end(): Promise<{ byteCount: number; sha256: string }>;
}

/** Pieces are stored one after the other, counted from 0. */
export function gatherPieces(store: (seq: number, bytes: Buffer) => Promise<void>): Pieces {
  const hash = createHash('sha256');
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let byteCount = 0;
  let seq = 0;
  const flush = async () => {
    if (waitingBytes === 0) return;
    const bytes = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await store(seq, bytes);
    seq += 1;
  };
  return {
    async write(part) {
      const bytes = Buffer.from(part);
      hash.update(bytes);
      byteCount += bytes.byteLength;
      waitingBytes += bytes.byteLength;
      waiting.push(bytes);
      if (waitingBytes >= pieceBytes) await flush();
    },
    async end() {
      await flush();
      return { byteCount, sha256: hash.digest('hex') };
    },
  };
}
