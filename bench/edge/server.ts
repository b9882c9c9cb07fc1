/** One server process under load: how it is started, asked, and what it costs per request. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
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
