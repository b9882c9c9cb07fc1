/** One server process under load: how it is started, asked, and what it costs per request. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { freePort } from '../../tests/support/processes.ts';
import { until } from '../../tests/support/until.ts';

export interface Server {
  name: string;
  url: string;
  pid: number;
  headers: Record<string, string>;
  stop(): Promise<void>;
}

export interface Slice {
  requests: number;
  perSecond: number;
  /** Microseconds of processor time of the server process per request. */
  cpuMicros: number;
}

const ticksPerSecond = 100;
const connections = 16;

/** Starts a small reference server that prints nothing but takes PORT. */
export async function startReference(
  name: string,
  command: readonly [string, ...string[]],
  options: { env?: Record<string, string>; headers?: Record<string, string> } = {},
): Promise<Server> {
  const port = await freePort();
  const [program, ...args] = command;
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, {
    env: { PATH, HOME, NODE_ENV: 'production', ...options.env, PORT: String(port) },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}/hello`;
  const headers = options.headers ?? {};
  await until(async () => (await fetch(url, { headers })).ok, { withinMs: 20_000, everyMs: 50 });
  return {
    ...{ name, url, headers, pid: child.pid ?? -1 },
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Node of the project, which every server in TypeScript runs on. */
export const node = join(process.cwd(), 'node_modules', '.bin', 'node');

/** Asks as fast as the server answers for `seconds`; throws when an answer was not 200. */
export async function pressFor(server: Server, seconds: number): Promise<Slice> {
  const cpuBefore = cpuSecondsOf(server.pid);
  const result = await autocannon({
    url: server.url,
    headers: server.headers,
    connections,
    duration: seconds,
  });
  const cpuSeconds = cpuSecondsOf(server.pid) - cpuBefore;
  refuseFailures(server, result);
  return {
    requests: result.requests.total,
    perSecond: result.requests.average,
    cpuMicros: (cpuSeconds * 1e6) / result.requests.total,
  };
}

/** Asks at a fixed rate, whatever the server does; answers latency percentiles in milliseconds. */
export async function askAtRate(
  server: Server,
  load: { perSecond: number; seconds: number },
): Promise<{ p50: number; p95: number; p99: number; requests: number }> {
  const result = await autocannon({
    url: server.url,
    headers: server.headers,
    connections: 64,
    overallRate: load.perSecond,
    duration: load.seconds,
  });
  refuseFailures(server, result);
  const { p50, p97_5: p95, p99 } = result.latency;
  return { p50, p95, p99, requests: result.requests.total };
}

/**
 * Asks at even distances without waiting for earlier answers, as callers who know nothing of each
 * other do, and answers the 95th percentile in milliseconds, finer than a load generator tells it;
 * throws when an answer was not 200.
 */
export async function askOpenly(
  { url, headers }: Pick<Server, 'url' | 'headers'>,
  load: { perSecond: number; seconds: number },
): Promise<{ p95: number; requests: number }> {
  const asking: Promise<number>[] = [];
  const requests = load.perSecond * load.seconds;
  const startedMs = performance.now();
  for (let n = 0; n < requests; n += 1) {
    const dueMs = startedMs + (n * 1000) / load.perSecond;
    await delay(Math.max(0, dueMs - performance.now()));
    asking.push(askOnce(url, headers));
  }
  const waits = (await Promise.all(asking)).sort((a, b) => a - b);
  return { p95: waits[Math.floor(waits.length * 0.95)] ?? Number.NaN, requests };
}

/** Milliseconds until the whole answer was there. */
async function askOnce(url: string, headers: Record<string, string>): Promise<number> {
  const askedMs = performance.now();
  const answer = await fetch(url, { headers });
  await answer.text();
  if (!answer.ok) throw new Error(`an even request was answered ${answer.status}`);
  return performance.now() - askedMs;
}

function refuseFailures({ name }: Server, result: autocannon.Result): void {
  const bad = result.non2xx + result.errors + result.timeouts;
  if (bad > 0) throw new Error(`${name}: ${bad} of ${result.requests.total} were not answered 200`);
  if (result.requests.total === 0) throw new Error(`${name} answered nothing`);
}

/** User and system time of a process and of nothing else; fields 14 and 15 of /proc/{pid}/stat. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
