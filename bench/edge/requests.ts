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
import { askAtRate, node, pressFor, startReference, type Server, type Slice } from './server.ts';

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
    const rounds = await interleave([ours, ...servers], isSmoke ? 3 : 9);
    for (const [name, slices] of rounds) say(`edge: ${name} ${shown(slices)}`);
    const latency = await latencies({ ours, bare: servers[0] ?? ours, isSmoke, rounds });
    return [...cpuGates(rounds, python, isSmoke), ...latency, await revocationGate(stack, ours)];
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
 * Under an even load, where nothing queues for long: what the edge adds to a bare answer. Slices of
 * both alternate; a machine so busy that the bare server is too slow by itself judges nothing.
 */
async function latencies(run: {
  ours: Server;
  bare: Server;
  isSmoke: boolean;
  rounds: Map<string, Slice[]>;
}): Promise<Gate[]> {
  const best = Math.max(...(run.rounds.get('the edge') ?? []).map(({ perSecond }) => perSecond));
  const fixed = await besideBare(run, 800);
  const half = await besideBare(run, Math.round(best / 2));
  const at800 = { gate: 'edge-latency-at-800', unit: 'ms p97.5', limit: '<= 10' };
  const added = { gate: 'edge-latency-added-at-half-load', unit: 'ms p97.5', limit: '<= 3' };
  const judge = (gate: typeof at800, slices: Slices, figures: readonly number[]) =>
    slices.bare > 10
      ? skipped(gate, `the machine is busy: bare Express itself took ${slices.bare} ms`)
      : absolute({ ...gate, figures, detail: slices.detail });
  return [judge(at800, fixed, fixed.ours), judge(added, half, half.added)];
}

interface Slices {
  ours: number[];
  added: number[];
  /** Median of the bare server, in milliseconds. */
  bare: number;
  detail: string;
}

async function besideBare(
  run: { ours: Server; bare: Server; isSmoke: boolean },
  perSecond: number,
): Promise<Slices> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let slice = 0; slice < (run.isSmoke ? 3 : 9); slice += 1) {
    const load = { perSecond, seconds: 1 };
    ours.push((await askAtRate(run.ours, load)).p95);
    bare.push((await askAtRate(run.bare, load)).p95);
  }
  const added = ours.map((figure, slice) => Math.max(0, figure - (bare[slice] ?? 0)));
  const detail = `at ${perSecond}/s: ${median(ours)} ms, bare Express ${median(bare)} ms`;
  return { ours, added, bare: median(bare), detail };
}

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
