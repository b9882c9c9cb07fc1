/**
 * What the edge costs: a request through token check with revocation, quota, trace, metrics and
 * route, beside the bare servers it stands on and the same in Python. Judged by processor time of
 * the server process, because wall-clock ratios on a shared machine say nothing.
 */
import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStack, type Stack } from '../../tests/support/stack.ts';
import { until } from '../../tests/support/until.ts';
import { absolute, compared, median, skipped, type BenchOptions, type Gate } from '../gate.ts';
import { pythonPeer } from './python.ts';
import { askAndBeServed, node } from './load.ts';
import { pressFor, startReference, type Server, type Slice } from './server.ts';

const latencyLimitMs = 10;
/** What one second of a server costs swings by a fifth, so a median needs many of them. */
const cpuRounds = 25;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Gates of one request through the edge. */
export async function requestGates({ isSmoke, say }: BenchOptions): Promise<Gate[]> {
  const stack = await openStack();
  const servers: Server[] = [];
  try {
    const ours = await startEdge(stack);
    servers.push(await startReference('bare Express', [node, 'bench/edge/bare-express.ts']));
    servers.push(await startReference('node:http', [node, 'bench/edge/raw-http.ts']));
    const python = await startPython(stack, ours.headers);
    if ('url' in python) servers.push(python);
    const rounds = await interleave([ours, ...servers], isSmoke ? 3 : cpuRounds);
    for (const [name, slices] of rounds) say(`edge: ${name} ${shown(slices)}`);
    const latency = await latencyGate({ ours, bare: servers[0] ?? ours, isSmoke });
    return [...cpuGates(rounds, python, isSmoke), latency, await revocationGate(stack, ours)];
  } finally {
    for (const server of servers) await server.stop();
    await stack.close();
  }
}

/** The gateway as production runs it: no response checks, no failpoints. */
async function startEdge(stack: Stack): Promise<Server> {
  const production = {
    DAFTARI_PROFILE: 'production',
    PUBLIC_URL: 'https://edge.test',
    DEMO_LOGIN: 'false',
    LOG_LEVEL: 'error',
    RATE_LIMIT_FACTOR: '100000',
    DARAJA_BASE_URL: 'https://daraja.test',
    DARAJA_CERTIFICATE_FILE: 'package.json',
  };
  const running = await stack.startGateway(production);
  const session = await fetch(`${stack.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'demo@daftari.test', password: 'karibu-daftari-2026' }),
  });
  const { accessToken } = (await session.json()) as { accessToken: string };
  return {
    name: 'the edge',
    url: `${stack.url}/v1/credential`,
    pid: running.pid,
    headers: { authorization: `Bearer ${accessToken}`, traceparent },
    stop: async () => {},
  };
}

async function startPython(
  stack: Stack,
  headers: Record<string, string>,
): Promise<Server | { missing: string }> {
  const peer = await pythonPeer();
  if ('missing' in peer) return peer;
  const publicKeyFile = join(process.cwd(), '.daftari', 'edge-public-key.pem');
  const key = createPublicKey(readFileSync(stack.env['JWT_PRIVATE_KEY_FILE'] ?? ''));
  writeFileSync(publicKeyFile, key.export({ type: 'spki', format: 'pem' }));
  const env = { PUBLIC_KEY_FILE: publicKeyFile, ISSUER: 'https://edge.test' };
  const command = [peer.program, 'bench/edge/fastapi-gateway.py'] as const;
  return startReference('FastAPI + PyJWT', [...command], { env, headers });
}

/** One slice of each server per round, so that all see the same neighbours; the first round warms. */
async function interleave(
  servers: readonly Server[],
  roundCount: number,
): Promise<Map<string, Slice[]>> {
  const slices = new Map<string, Slice[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round <= roundCount; round += 1) {
    for (const server of servers) {
      const slice = await pressFor(server, 1);
      if (round > 0) slices.get(server.name)?.push(slice);
    }
  }
  return slices;
}

function cpuGates(
  rounds: Map<string, Slice[]>,
  python: Server | { missing: string },
  isSmoke: boolean,
): Gate[] {
  const slack = isSmoke ? 2 : 1;
  const cpuOf = (name: string) => (rounds.get(name) ?? []).map(({ cpuMicros }) => cpuMicros);
  const ours = cpuOf('the edge');
  const unit = 'µs/request';
  const beside = (gate: string, name: string, limit: number, detail: string) =>
    compared({ gate, unit, ours, reference: cpuOf(name), limit: `<= ${limit * slack}`, detail });
  const pythonGate = { gate: 'edge-cpu-beside-fastapi', unit, limit: `<= ${0.35 * slack}` };
  return [
    beside('edge-cpu-beside-express', 'bare Express', 1.35, 'token, quota, trace, metrics, route'),
    beside('edge-cpu-beside-node-http', 'node:http', 8, 'for orientation: Express alone is near 6'),
    'missing' in python
      ? skipped(pythonGate, python.missing)
      : beside('edge-cpu-beside-fastapi', 'FastAPI + PyJWT', 0.35, 'same token, trace, histogram'),
  ];
}

/**
 * What a caller waits under an even load, where nothing queues for long. Slices of both alternate; a
 * machine so busy that the bare server is too slow by itself judges nothing.
 */
async function latencyGate(run: { ours: Server; bare: Server; isSmoke: boolean }): Promise<Gate> {
  const gate = { gate: 'edge-latency-at-800', unit: 'ms p95', limit: `<= ${latencyLimitMs}` };
  const ours: number[] = [];
  const bare: number[] = [];
  for (let slice = 0; slice < (run.isSmoke ? 3 : 9); slice += 1) {
    const load = { perSecond: 800, seconds: 2 };
    ours.push((await askAndBeServed({ ...addressOf(run.ours), ...load })).p95Ms);
    bare.push((await askAndBeServed({ ...addressOf(run.bare), ...load })).p95Ms);
  }
  const alone = median(bare);
  if (alone > latencyLimitMs) {
    return skipped(gate, `the machine is busy: bare Express itself took ${alone.toFixed(0)} ms`);
  }
  return absolute({ ...gate, figures: ours, detail: `bare Express ${alone.toFixed(2)} ms` });
}

const addressOf = ({ url, headers }: Server) => ({ url, headers });

/** From the answer to signing out until the token is refused: the time somebody else could use it. */
async function revocationGate(stack: Stack, ours: Server): Promise<Gate> {
  const { headers, url } = ours;
  const ended = await fetch(`${stack.url}/v1/sessions`, { method: 'DELETE', headers });
  const startedMs = performance.now();
  if (!ended.ok) throw new Error(`signing out answered ${ended.status}`);
  const isRefused = async () => (await fetch(url, { headers })).status === 401;
  await until(isRefused, { withinMs: 5_000, everyMs: 5 });
  return absolute({
    gate: 'edge-revoked-token-refused',
    unit: 'ms',
    limit: '<= 1000',
    figures: [performance.now() - startedMs],
    detail: 'signing out, until another request with the same token is refused',
  });
}

function shown(slices: readonly Slice[]): string {
  const perSecond = slices.reduce((sum, slice) => sum + slice.perSecond, 0) / slices.length;
  const cpu = slices.reduce((sum, slice) => sum + slice.cpuMicros, 0) / slices.length;
  return `${cpu.toFixed(1)} µs CPU per request, ${perSecond.toFixed(0)}/s`;
}
