/** The environment of a process whose wall clock is wrong. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const preload = pathToFileURL(join(process.cwd(), 'tests/support/shifted-clock.mjs')).href;

/** Off by `shiftMs` from the start, and by `jumpMs` more after two seconds; both may be negative. */
export function wrongClock(off: { shiftMs?: number; jumpMs?: number }): Record<string, string> {
  return {
    NODE_OPTIONS: `--import=${preload}`,
    CLOCK_SHIFT_MS: String(off.shiftMs ?? 0),
    CLOCK_JUMP_MS: String(off.jumpMs ?? 0),
  };
}
