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
  /** Lateness of the event loop in milliseconds that no second of the last three may stay above. */
  lagMaxMs: number;
}

export const loadLimits: LoadLimits = { inFlightMax: 1_000, lagMaxMs: 1_000 };

const secondsOfOverload = 3;

/**
 * How late the event loop is, measured each second; answers the best of the last three seconds,
 * because one large file is not yet an overload.
 */
export function watchEventLoop(): { lagMs(): number; stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let recent: number[] = [];
  const timer = setInterval(() => {
    recent = [...recent.slice(1 - secondsOfOverload), delay.percentile(90) / 1e6];
    delay.reset();
  }, 1_000);
  timer.unref();
  return {
    lagMs: () => (recent.length < secondsOfOverload ? 0 : Math.min(...recent)),
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
    const isTooMuch = inFlight >= limits.inFlightMax || lagMs() > limits.lagMaxMs;
    if (isTooMuch && !isSpared(request.path)) {
      onShed();
      throw new ProblemError(problem('overloaded', { headers: { 'Retry-After': '1' } }));
    }
    inFlight += 1;
    response.on('close', () => (inFlight -= 1));
    next();
  };
}
