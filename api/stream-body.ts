import type { Response } from 'express';
import { once } from 'node:events';
import type { Streamed } from './route.ts';

/** A body written piece by piece at the client's pace; it stops when the client goes away. */
export function streamed(
  mediaType: string,
  pieces: () => AsyncIterable<string | Uint8Array>,
): Streamed {
  return { mediaType, write: (response) => writeAll(response, pieces()) };
}

async function writeAll(
  response: Response,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    for await (const piece of pieces) {
      if (gone.signal.aborted) return;
      if (!response.write(piece)) await once(response, 'drain', { signal: gone.signal });
    }
    response.end();
  } catch (error) {
    // Nobody is listening any more; a fault of our own goes on to the error handler.
    if (!gone.signal.aborted) throw error;
  }
}
