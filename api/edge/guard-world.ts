import type { World } from '../dependencies.ts';
import { guardDatabase, guardTemporal, openBreaker, type BreakerState } from './breakers.ts';

const gauges: Record<BreakerState, number> = { closed: 0, 'half-open': 0.5, open: 1 };

/** The world with circuit breakers around the database and Temporal, and how they stand. */
export function guardWorld<Outside extends World>(
  world: Outside,
): { guarded: Outside; breakers: () => Record<string, BreakerState> } {
  const { metrics, log } = world.telemetry;
  const onChange = (dependency: string, state: BreakerState) => {
    metrics.breakerState.set({ dependency }, gauges[state]);
    log.warn({ event: 'breakerChanged', dependency, state });
  };
  const database = openBreaker('database', onChange);
  const temporal = openBreaker('temporal', onChange);
  return {
    guarded: {
      ...world,
      db: guardDatabase(world.db, database),
      temporal: guardTemporal(world.temporal, temporal),
    },
    breakers: () => ({ database: database.state(), temporal: temporal.state() }),
  };
}
