/** Two at once, in an order that is sure: one holds what it changed, the other one waits for it. */
import type { TenantHandle } from '../../db/database.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { TestDatabase } from './database.ts';
import { until } from './until.ts';

export interface Held<Outcome> {
  /** Resolves once the work is done, with nothing of it seen by anybody else. */
  begun: Promise<void>;
  /** Ends the transaction. */
  end(): Promise<Outcome>;
}

/** Does `work` in a transaction that ends when it is told to. */
export function held<Outcome>(
  { db }: Pick<TestDatabase, 'db'>,
  tenantId: TenantId,
  work: (t: TenantHandle) => Promise<Outcome>,
): Held<Outcome> {
  const door = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  const ended = db.withTenant(tenantId, async (t) => {
    const outcome = await work(t);
    inside.resolve();
    await door.promise;
    return outcome;
  });
  const end = (): Promise<Outcome> => {
    door.resolve();
    return ended;
  };
  // Work that fails never gets inside; what it failed with is then what is said.
  return { begun: Promise.race([inside.promise, ended.then(() => {})]), end };
}

/** Resolves once a transaction in this database waits for another one. */
export function untilSomebodyWaits({ asOwner }: Pick<TestDatabase, 'asOwner'>): Promise<void> {
  return until(async () => {
    const waiting = await asOwner(
      `select from pg_locks l join pg_stat_activity a on a.pid = l.pid
       where not l.granted and a.datname = current_database()`,
    );
    return waiting.length > 0;
  });
}
