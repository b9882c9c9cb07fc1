/**
 * Runs work inside one database transaction on one connection, and says exactly how it ended:
 * committed, rolled back, or unknown when the connection broke while COMMIT was under way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Pool, PoolClient } from 'pg';

export interface TransactionOptions {
  pool: Pool;
  readOnly?: boolean;
  /** Reads everything as it was at one moment; implies reading only. */
  snapshot?: boolean;
}

const attemptsMax = 5;
const retryable = new Set(['40001', '40P01', '55P03']);
/** `TryAgain` is thrown by work that met a row somebody else committed a moment ago. */
const namesWorthRetrying = new Set(['TransactionNotBegun', 'TryAgain']);

/**
 * Runs `work` in a transaction; serialization failures, deadlocks and lock timeouts are tried again
 * up to five times, so `work` must touch nothing but its connection. Throws an error named
 * `OutcomeUnknown` when COMMIT was sent and not answered: read back by unique key before retrying.
 */
export async function runTransaction<T>(
  options: TransactionOptions,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  return tryAgain(() => attemptTransaction(options, work));
}

/** Does the same again, five times at most, while it ends in a deadlock or a lock not given. */
export async function tryAgain<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attemptsMax || !isWorthRetrying(error)) throw error;
      await sleep(Math.random() * 20 * 2 ** attempt);
    }
  }
}

async function attemptTransaction<T>(
  options: TransactionOptions,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await options.pool.connect();
  let isUsable = false;
  try {
    await begin(client, options);
    const result = await work(client);
    await commit(client);
    isUsable = true;
    return result;
  } catch (error) {
    isUsable = await rollback(client);
    throw error;
  } finally {
    client.release(!isUsable);
  }
}

async function begin(
  client: PoolClient,
  { readOnly = false, snapshot = false }: Pick<TransactionOptions, 'readOnly' | 'snapshot'>,
): Promise<void> {
  const isolation = snapshot ? ' isolation level repeatable read' : '';
  try {
    await client.query(readOnly || snapshot ? `begin transaction${isolation} read only` : 'begin');
  } catch (cause) {
    throw named('TransactionNotBegun', 'the connection was lost before any work began', cause);
  }
}

async function commit(client: PoolClient): Promise<void> {
  let command: string;
  try {
    command = (await client.query('commit')).command;
  } catch (cause) {
    if (isRefusedByServer(cause)) throw cause;
    throw named('OutcomeUnknown', 'the connection was lost during COMMIT', cause);
  }
  // COMMIT of a transaction in which a statement failed answers ROLLBACK without an error.
  if (command !== 'COMMIT') throw new Error('a failed statement was ignored: nothing was stored');
}

async function rollback(client: PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

/** Class 57 (shutdown) and 08 (connection) may arrive after the commit became durable. */
function isRefusedByServer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !/^(57|08|XX)/.test(error.code ?? 'XX');
}

function isWorthRetrying(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return retryable.has(error.code ?? '');
  return error instanceof Error && namesWorthRetrying.has(error.name);
}

function named(name: string, message: string, cause: unknown): Error {
  return Object.assign(new Error(message, { cause }), { name });
}
