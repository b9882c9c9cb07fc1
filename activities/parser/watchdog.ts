/**
 * Kills the child when it takes too long, grows too large or is fed too much. Its clock only runs
 * while we wait for the child: a slow database behind the consumer, or a slow source in front, must
 * not make a good file look too complex.
 */
import type { CagedProcess } from './caged-process.ts';
import type { Feeding } from './feed-child.ts';
import type { ReaderLimits } from './frames.ts';

export interface Watchdog {
  /** Why the child was killed; undefined while it was not. */
  readonly reason: 'time' | 'memory' | 'size' | undefined;
  /** Stops the clock while the consumer works on a frame. */
  pause(): void;
  resume(): void;
  stop(): void;
}

const tickMs = 25;

/** Starts watching; `maxBytes` is the largest file of this kind. */
export function startWatchdog(
  cage: Pick<CagedProcess, 'kill' | 'residentBytes'>,
  watch: { feeding: Feeding; limits: ReaderLimits; maxBytes: number },
): Watchdog {
  const state = { reason: undefined as Watchdog['reason'], isPaused: false };
  let spentMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (!state.isPaused && !watch.feeding.isStarved) spentMs += now - last;
    last = now;
    state.reason ??= judge(cage, watch, spentMs);
    if (state.reason !== undefined) cage.kill();
  }, tickMs);
  return Object.assign(state, {
    pause: () => {
      state.isPaused = true;
    },
    resume: () => {
      state.isPaused = false;
      last = performance.now();
    },
    stop: () => clearInterval(timer),
  });
}

function judge(
  cage: Pick<CagedProcess, 'kill' | 'residentBytes'>,
  watch: { feeding: Feeding; limits: ReaderLimits; maxBytes: number },
  spentMs: number,
): Watchdog['reason'] {
  const { feeding, limits, maxBytes } = watch;
  if (feeding.bytes > maxBytes) return 'size';
  if ((cage.residentBytes() ?? 0) > limits.maxResidentBytes) return 'memory';
  const extraMs = Math.max(0, limits.largeFileMs - limits.smallFileMs);
  const allowedMs = limits.smallFileMs + extraMs * Math.min(1, feeding.bytes / maxBytes);
  return spentMs > allowedMs ? 'time' : undefined;
}
