/**
 * Circuit breakers around what the gateway depends on. A dependency that failed several times in a
 * row is left alone for a moment: callers get 503 at once instead of waiting for a time-out each,
 * and the dependency gets room to come back.
 */
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import type { Database } from '../../db/database.ts';
import type { TemporalGateway } from '../../temporal/client.ts';
import { isUnreachable } from '../problem-response.ts';

export type Dependency = 'database' | 'temporal';
export type BreakerState = 'closed' | 'half-open' | 'open';

export interface Breaker {
  /** Runs the work, or throws a fault that is answered 503 while the breaker is open. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  state(): BreakerState;
}

const failuresMax = 5;
const restMs = 2_000;

const states: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

/** A breaker that counts only faults of reaching the dependency, never its refusals. */
export function openBreaker(
  dependency: Dependency,
  onChange: (dependency: Dependency, state: BreakerState) => void,
): Breaker {
  const policy = circuitBreaker(handleWhen(isUnreachable), {
    halfOpenAfter: restMs,
    breaker: new ConsecutiveBreaker(failuresMax),
  });
  policy.onStateChange((state) => onChange(dependency, states[state]));
  return {
    async run(work) {
      try {
        return await policy.execute(work);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw new Error(`${dependency} rests: UNAVAILABLE`, { cause: error });
      }
    },
    state: () => states[policy.state],
  };
}

/** The database behind its breaker; `ping` goes past it, because it asks for the truth. */
export function guardDatabase(db: Database, breaker: Breaker): Database {
  return {
    ...db,
    withTenant: (tenantId, work, options) =>
      breaker.run(() => db.withTenant(tenantId, work, options)),
    asOperator: (reason, work, place) => breaker.run(() => db.asOperator(reason, work, place)),
  };
}

type Asking = Pick<
  TemporalGateway,
  | 'start'
  | 'ask'
  | 'startAndAsk'
  | 'providePassword'
  | 'provideMapping'
  | 'reviewStatement'
  | 'cancel'
  | 'lookAtBreach'
>;

/** Temporal behind its breaker: while it is open, everything is answered `unavailable` at once. */
export function guardTemporal<Gateway extends Asking>(
  temporal: Gateway,
  breaker: Breaker,
): Gateway {
  const guard = guarded(breaker);
  return {
    ...temporal,
    start: (start) => guard(() => temporal.start(start)),
    ask: (target, update) => guard(() => temporal.ask(target, update)),
    startAndAsk: (start, update) => guard(() => temporal.startAndAsk(start, update)),
    providePassword: (target, input) => guard(() => temporal.providePassword(target, input)),
    provideMapping: (target, input) => guard(() => temporal.provideMapping(target, input)),
    reviewStatement: (target, input) => guard(() => temporal.reviewStatement(target, input)),
    cancel: async (workflowId) => {
      const answer = await guard(async () => ({ kind: await temporal.cancel(workflowId) }));
      return answer.kind;
    },
    lookAtBreach: async (breachId) => {
      const answer = await guard(async () => ({ kind: await temporal.lookAtBreach(breachId) }));
      return answer.kind;
    },
  } as Gateway;
}

type Guard = <Outcome extends { kind: string }>(
  work: () => Promise<Outcome>,
) => Promise<Outcome | { kind: 'unavailable' }>;

function guarded(breaker: Breaker): Guard {
  return async (work) => {
    try {
      return await breaker.run(async () => {
        const outcome = await work();
        if (outcome.kind === 'unavailable') throw new Error('UNAVAILABLE');
        return outcome;
      });
    } catch (error) {
      if (isUnreachable(error)) return { kind: 'unavailable' };
      throw error;
    }
  };
}
