/**
 * A Kysely that runs on one checked-out connection and dies with its transaction, so a handle kept
 * by mistake cannot speak on a connection that already serves another tenant.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { DatabaseConnection, Driver } from 'kysely';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Schema } from './schema.ts';

export interface BoundQueries {
  query: Kysely<Schema>;
  /** Runs `COPY … FROM STDIN` with the given chunks of data; returns the number of rows. */
  copyIn(statement: string, chunks: Iterable<string | Uint8Array>): Promise<number>;
  /** Refuses every further query. */
  end(): void;
}

/** A statement that begins so is prepared once per connection; see prepared.ts. */
export const preparedMark = '/*prepared*/ ';

const statementNames = new Map<string, string>();

/** One name per text: the driver refuses a second text under the same name. */
function statementName(text: string): string {
  const known = statementNames.get(text);
  if (known !== undefined) return known;
  const name = `p${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
  statementNames.set(text, name);
  return name;
}

export function bindQueries(client: PoolClient): BoundQueries {
  const line = waitingLine();
  const connection: DatabaseConnection = {
    async executeQuery({ sql, parameters }) {
      const values = [...parameters];
      const name = sql.startsWith(preparedMark) ? statementName(sql) : undefined;
      const result = await line.take(() =>
        name === undefined ? client.query(sql, values) : client.query({ name, text: sql, values }),
      );
      return { rows: result.rows, numAffectedRows: BigInt(result.rowCount ?? 0) };
    },
    streamQuery() {
      throw new Error('results are paged by key, not streamed');
    },
  };
  return {
    query: new Kysely<Schema>({
      dialect: {
        createDriver: () => driverOf(connection),
        createQueryCompiler: () => new PostgresQueryCompiler(),
        createAdapter: () => new PostgresAdapter(),
        createIntrospector: (db) => new PostgresIntrospector(db),
      },
    }),
    copyIn: (statement, chunks) =>
      line.take(async () => {
        const stream = client.query(copyFrom(statement));
        await pipeline(Readable.from(chunks), stream);
        return stream.rowCount;
      }),
    end: line.close,
  };
}

/** One query at a time: the driver's next version refuses to queue them on its connection. */
function waitingLine() {
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  function take<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(() => {
      if (isClosed) throw new Error('the transaction of this handle has ended');
      return work();
    });
    last = turn.catch(() => {});
    return turn;
  }

  function close(): void {
    isClosed = true;
  }

  return { take, close };
}

/** Lends the one connection; the transaction around it belongs to whoever bound the queries. */
function driverOf(connection: DatabaseConnection): Driver {
  const refuse = async () => {
    throw new Error('the transaction belongs to its handle: it cannot be nested');
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}
