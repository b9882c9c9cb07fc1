/**
 * The connection pool and the one place where PostgreSQL text becomes our values: int8 → safe
 * integer, timestamptz → `Instant`, date → `YYYY-MM-DD`. Everything else keeps the driver's form.
 */
import pg from 'pg';
import type { Pool } from 'pg';

export interface PoolOptions {
  url: string;
  poolMax: number;
  applicationName?: string;
  statementTimeoutMs?: number;
  lockTimeoutMs?: number;
  idleInTransactionTimeoutMs?: number;
  connectTimeoutMs?: number;
  /** Hears of connections that died; the pool replaces them by itself. */
  onConnectionError: (error: Error) => void;
}

export function openPool(options: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolMax,
    application_name: options.applicationName ?? 'daftari',
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    lock_timeout: options.lockTimeoutMs ?? 10_000,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 60_000,
    keepAlive: true,
    options: '-c TimeZone=UTC -c DateStyle=ISO -c jit=off',
    types: { getTypeParser },
  });
  pool.on('error', options.onConnectionError);
  // A checked-out connection that dies emits on the client; without a listener the process ends.
  pool.on('connect', (client) => client.on('error', options.onConnectionError));
  return pool;
}

const oids = { int8: 20, date: 1082, dateArray: 1182, textArray: 1009, timestamptz: 1184 };

const parsers = new Map<number, (text: string) => unknown>([
  [oids.int8, parseInt8],
  [oids.date, (text) => text],
  [oids.dateArray, pg.types.getTypeParser(oids.textArray)],
  [oids.timestamptz, parseTimestamptz],
]);

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (format === 'binary') return pg.types.getTypeParser(oid, 'binary');
  return parsers.get(oid) ?? pg.types.getTypeParser(oid, 'text');
}

/** Throws outside the safe range: a rounded amount must never reach the code. */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint out of the safe range: ${text}`);
  return value;
}

const timestampPattern = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d{1,6})?\+00$/;

/** `2026-02-17 06:30:12.5+00` → `2026-02-17T06:30:12.500Z`; sessions run in UTC. */
export function parseTimestamptz(text: string): string {
  const match = timestampPattern.exec(text);
  if (!match) throw new RangeError(`not a UTC timestamp: ${text}`);
  const milliseconds = (match[3] ?? '.').slice(1, 4).padEnd(3, '0');
  return `${match[1]}T${match[2]}.${milliseconds}Z`;
}
