/**
 * The private listener of a worker process. Alive means that its event loop turns; ready means that
 * everything it runs is up. Whether Temporal or Kafka answer is not asked: a restart of theirs must
 * not restart every worker.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { runningVersion } from '../version.ts';

export interface AdminServerOptions {
  port: number;
  registry: Registry;
  /** Parts of the process by name, with whether they run. */
  parts: () => Readonly<Record<string, boolean>>;
}

const tickMs = 500;
const lagMaxMs = 5_000;

/** Listens and returns how to stop. Rejects when the port is taken. */
export async function startAdminServer(
  options: AdminServerOptions,
): Promise<{ port: number; stop(): Promise<void> }> {
  const lag = watchLag();
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/livez') return answerLiveness(response, lag.milliseconds());
    if (path === '/readyz') return answerReadiness(response, options.parts());
    if (path === '/version') return answer(response, 200, runningVersion);
    if (path === '/metrics') return void answerMetrics(response, options.registry);
    return answer(response, 404, { status: 'not found' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    stop: async () => {
      lag.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerLiveness(response: ServerResponse, lagMs: number): void {
  const isAlive = lagMs < lagMaxMs;
  answer(response, isAlive ? 200 : 503, { status: isAlive ? 'alive' : 'blocked', lagMs });
}

function answerReadiness(
  response: ServerResponse,
  parts: ReturnType<AdminServerOptions['parts']>,
): void {
  const isReady = Object.values(parts).every((isUp) => isUp);
  const states = Object.entries(parts).map(([name, isUp]) => [name, isUp ? 'up' : 'down']);
  answer(response, isReady ? 200 : 503, { ready: isReady, ...Object.fromEntries(states) });
}

async function answerMetrics(response: ServerResponse, registry: Registry): Promise<void> {
  const text = await registry.metrics();
  response.writeHead(200, { 'content-type': registry.contentType }).end(text);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The longest time the event loop was late within the last few ticks. */
function watchLag(): { milliseconds(): number; stop(): void } {
  let due = performance.now() + tickMs;
  let recent: number[] = [0];
  const timer = setInterval(() => {
    const late = Math.max(0, performance.now() - due);
    due = performance.now() + tickMs;
    recent = [...recent.slice(-9), late];
  }, tickMs);
  timer.unref();
  return {
    milliseconds: () => Math.round(Math.max(...recent, performance.now() - due)),
    stop: () => clearInterval(timer),
  };
}
