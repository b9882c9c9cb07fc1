/** Writes frames as lines of JSON and waits whenever the parent does not keep up. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { frameTexts, type ChildFrame } from './frames.ts';

/** Writes one frame; resolves when the next one may be written. */
export async function writeFrame(output: Writable, frame: ChildFrame): Promise<void> {
  for (const text of frameTexts(frame)) {
    if (!output.write(`${text}\n`)) await once(output, 'drain');
  }
}
