/**
 * Preloaded into a process of the product: its wall clock is wrong by `CLOCK_SHIFT_MS` from the
 * start, and jumps by `CLOCK_JUMP_MS` once it has run for two seconds. Timers and the monotonic
 * clock go on as they are, as on a machine whose time is set by hand.
 */
import process from 'node:process';
import { performance } from 'node:perf_hooks';

const RealDate = Date;
const shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0);
const jumpMs = Number(process.env.CLOCK_JUMP_MS ?? 0);
const startedMs = performance.now();
const offMs = () => shiftMs + (performance.now() - startedMs > 2_000 ? jumpMs : 0);

globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [RealDate.now() + offMs()] : parts));
  }

  static now() {
    return RealDate.now() + offMs();
  }
};
