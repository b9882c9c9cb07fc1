/** Transactions on a connection of the owner, for work no tenant's role may do. */
import type { Client } from 'pg';

/** Commits what `work` did on the connection, or nothing of it when it throws; answers its result. */
export async function inTransaction<T>(
  client: Client,
  work: () => Promise<T>,
  begin = 'begin',
): Promise<T> {
  await client.query(begin);
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // A lost connection cannot be rolled back either: what counts is why the work failed.
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** A transaction in which neither triggers nor references speak: copied rows had them before. */
export function asReplica<T>(client: Client, work: () => Promise<T>): Promise<T> {
  return inTransaction(client, work, 'begin; set local session_replication_role = replica');
}

/**
 * A transaction that changes tables or who may enter, one after the other in a database. Such work
 * locks tables many use, two of it in another order each, or the same row of the catalogue; whoever
 * waits for their turn waits outside, so that between two of them everybody else gets on.
 */
export function inTurn<T>(client: Client, work: () => Promise<T>): Promise<T> {
  return inTransaction(client, async () => {
    await client.query("set local lock_timeout = '120s'");
    await client.query(`select pg_advisory_xact_lock(hashtext('daftari changes tables'))`);
    await client.query("set local lock_timeout = '10s'");
    return work();
  });
}
