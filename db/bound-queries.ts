/**
 * A Kysely that runs on one checked-out connection and dies with its transaction, so a handle kept
 * by mistake cannot speak on a connection that already serves another tenant.
 */
import { Kysely, PostgresDialect } from 'kysely';
import type { PostgresPoolClient } from 'kysely';
import type { PoolClient, QueryResult } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Schema } from './schema.ts';

const transactionControl = /^\s*(begin|start|commit|end|rollback|abort)\b/i;

export interface BoundQueries {
  query: Kysely<Schema>;
  /** Runs `COPY … FROM STDIN` with the given chunks of COPY text; returns the number of rows. */
  copyIn(statement: string, chunks: Iterable<string>): Promise<number>;
  /** Refuses every further query. */
  end(): void;
}

export function bindQueries(client: PoolClient): BoundQueries {
  let hasEnded = false;
  let turn: Promise<void> = Promise.resolve();

  /** One query at a time: the driver refuses to queue them on its connection in its next version. */
  async function takeTurn(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = turn;
    turn = promise;
    await before;
    if (!hasEnded) return resolve;
    resolve();
    throw new Error('the transaction of this handle has ended');
  }

  async function connect(): Promise<PostgresPoolClient> {
    const release = await takeTurn();
    return { query: guardedQuery as PostgresPoolClient['query'], release };
  }

  /** A nested begin or commit would end the transaction that carries the tenant. */
  function guardedQuery(text: string, parameters: unknown[]): Promise<QueryResult> {
    if (transactionControl.test(text)) throw new Error('the transaction belongs to its handle');
    return client.query(text, parameters);
  }

  return {
    query: new Kysely<Schema>({
      dialect: new PostgresDialect({ pool: { connect, options: {}, end: async () => {} } }),
    }),
    async copyIn(statement, chunks) {
      const release = await takeTurn();
      try {
        const stream = client.query(copyFrom(statement));
        await pipeline(Readable.from(chunks), stream);
        return stream.rowCount;
      } finally {
        release();
      }
    },
    end() {
      hasEnded = true;
    },
  };
}
