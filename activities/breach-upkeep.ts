/**
 * Sees that every breach is watched: whoever put it on record may have died before its run was told,
 * and Temporal may have been away. Counts open clocks for the alarms of the house.
 */
import type { Database } from '../db/database.ts';
import { readRegister } from '../db/breaches.ts';
import { unlookedBreaches } from '../db/breach-telling.ts';
import { clockNames, clockStandings, countStandings } from '../domain/breaches/clocks.ts';
import { instantFromEpochMs } from '../domain/time.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TemporalGateway } from '../temporal/client.ts';

export interface BreachUpkeepDependencies {
  db: Database;
  gateway: Pick<TemporalGateway, 'lookAtBreach'>;
  telemetry: Pick<Telemetry, 'metrics'>;
}

/** Has breaches looked at that nobody looks at; answers how many, and how many clocks ran out. */
export async function keepBreaches(
  { db, gateway, telemetry: { metrics } }: BreachUpkeepDependencies,
  nowMs: number,
): Promise<Record<string, number>> {
  const { unlooked, open } = await db.asOperator('see that breaches are watched', async (o) => ({
    unlooked: await unlookedBreaches(o, instantFromEpochMs(nowMs)),
    open: await readRegister(o, { isAll: false }),
  }));
  for (const breachId of unlooked) await gateway.lookAtBreach(breachId);
  metrics.openBreaches.set(open.length);
  const businesses = open.flatMap((breach) => breach.businesses);
  let over = 0;
  for (const clock of clockNames) {
    const counts = countStandings(businesses, clock, nowMs);
    for (const standing of clockStandings) {
      metrics.breachClocks.set({ clock, standing }, counts[standing]);
    }
    over += counts.over;
  }
  return { 'breaches looked at': unlooked.length, 'clocks over': over };
}
