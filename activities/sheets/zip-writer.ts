/**
 * A ZIP file, written piece by piece: entries are deflated while their bytes come in, and whatever is
 * beyond 4 GB or 65,535 entries is written in the 64-bit form of the container. The library looks for
 * the entry under way from the first one each time: 0.2 ms an entry with ten thousand of them, which
 * is what archives have; nothing it offers avoids that.
 */
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface ZipEntry {
  name: string;
  /** What it says; asked for when its turn comes. */
  pieces: () => AsyncIterable<string | Uint8Array>;
}

/** Equal contents are equal bytes: every entry is as old as the calendar of the container. */
const always = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true };

/** The bytes of the file. Throws what the pieces throw; a reader that leaves ends them as well. */
export async function* zipped(entries: Iterable<ZipEntry>): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const bytes = new PassThrough();
  let current: Readable | undefined;
  for (const { name, pieces } of entries) {
    zip.addReadStreamLazy(name, always, (give) => {
      current = Readable.from(pieces());
      // The library does not listen to what it is given.
      current.once('error', (error) => bytes.destroy(error));
      give(null, current);
    });
  }
  zip.on('error', (error) => bytes.destroy(error));
  pipeline(zip.outputStream, bytes).catch((error) => bytes.destroy(error));
  zip.end();
  try {
    for await (const piece of bytes) yield Buffer.from(piece);
  } finally {
    bytes.destroy();
    current?.destroy();
  }
}
