/** Writes the framed request and the file's bytes to the child, at the child's pace. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export interface Feeding {
  /** File bytes passed on so far. */
  readonly bytes: number;
  /** True while we wait for the source, which is not the child's fault. */
  readonly isStarved: boolean;
  /** What the source threw; the child's input is cut off then. */
  readonly fault: unknown;
  stop(): void;
}

interface Meal {
  request: unknown;
  source: AsyncIterable<Uint8Array>;
  /** Called when the source breaks: the child must not take the broken end for the end of file. */
  onFault: () => void;
}

/** Starts feeding in the background; never throws, a fault of the source is kept in `fault`. */
export function feedChild(stdin: Writable, meal: Meal): Feeding {
  const state: { bytes: number; isStarved: boolean; fault: unknown } = {
    bytes: 0,
    isStarved: true,
    fault: undefined,
  };
  const stopped = new AbortController();
  const feed = async (): Promise<void> => {
    stdin.write(framed(meal.request));
    for await (const chunk of meal.source) {
      state.isStarved = false;
      if (stopped.signal.aborted || !stdin.writable) return;
      state.bytes += chunk.byteLength;
      if (!stdin.write(chunk)) await drained(stdin, stopped.signal);
      state.isStarved = true;
    }
    stdin.end();
  };
  feed()
    .catch((fault: unknown) => {
      state.fault = fault ?? new Error('the source broke without a reason');
      meal.onFault();
    })
    .finally(() => (state.isStarved = false));
  return Object.assign(state, { stop: () => stopped.abort() });
}

function framed(request: unknown): Buffer {
  const header = Buffer.from(JSON.stringify(request), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.byteLength);
  return Buffer.concat([length, header]);
}

/** Resolves when more can be written, or when nobody will ever read it. */
async function drained(stdin: Writable, signal: AbortSignal): Promise<void> {
  const gone = new AbortController();
  const either = AbortSignal.any([signal, gone.signal]);
  await Promise.race([
    once(stdin, 'drain', { signal: either }),
    once(stdin, 'close', { signal: either }),
  ]).catch(() => undefined);
  gone.abort();
}
