/**
 * Says no early when the process cannot keep up: an answer that comes after its caller has gone
 * helps nobody. Provider callbacks are never shed; they are the one thing that cannot be asked for
 * again.
 */
import type { RequestHandler } from 'express';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { problem, ProblemError } from '../problems.ts';

export interface LoadLimits {
  /** Requests in work at a time. */
  inFlightMax: number;
  /** Lateness of the event loop, milliseconds, over the last second. */
  lagMaxMs: number;
}

export const loadLimits: LoadLimits = { inFlightMax: 1_000, lagMaxMs: 1_000 };

/** How late the event loop is, measured each second. */
export function watchEventLoop(): { lagMs(): number; stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let lagMs = 0;
  const timer = setInterval(() => {
    lagMs = delay.percentile(90) / 1e6;
    delay.reset();
  }, 1_000);
  timer.unref();
  return {
    lagMs: () => lagMs,
    stop() {
      clearInterval(timer);
      delay.disable();
    },
  };
}

/** Answers 503 `overloaded` beyond the limits; `isSpared` names the paths that always get through. */
export function shedLoad(options: {
  limits: LoadLimits;
  lagMs: () => number;
  isSpared: (path: string) => boolean;
  onShed: () => void;
}): RequestHandler {
  const { limits, lagMs, isSpared, onShed } = options;
  let inFlight = 0;
  return (request, response, next) => {
    if (!isSpared(request.path) && (inFlight >= limits.inFlightMax || lagMs() > limits.lagMaxMs)) {
      onShed();
      throw new ProblemError(problem('overloaded', { headers: { 'Retry-After': '1' } }));
    }
    inFlight += 1;
    response.once('close', () => (inFlight -= 1));
    next();
  };
}
