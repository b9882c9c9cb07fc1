/**
 * What the chain before a handler adds to an answer, without a network between: the listener of the
 * public server with token, revocation, quota, trace, metrics and route, beside a bare Express
 * answer. Requests arrive at the same moments for both and are timed
 * from when they were due, so that waiting for the one before counts.
 */
import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import express from 'express';
import { createApp } from '../../api/app.ts';
import { createTelemetry } from '../../telemetry.ts';
import { openApiStage, type ApiStage } from '../../tests/support/api.ts';
import { absolute, median, skipped, type BenchOptions, type Gate } from '../gate.ts';

interface Served {
  listener: RequestListener;
  messages: { IncomingMessage: typeof IncomingMessage; ServerResponse: typeof ServerResponse };
  headers: Record<string, string>;
  /** Nobody listens at its other end. */
  socket: Socket;
}

const limitMs = 1;
const seconds = 1;
/** About half of what one server process does with sockets and the parsing of HTTP. */
const perSecond = 5_000;
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** At half load the chain adds less than a millisecond for nineteen of twenty. */
export async function inProcessGate({ isSmoke }: BenchOptions): Promise<Gate[]> {
  const stage = await openApiStage({
    config: { profile: 'production', edge: { rateLimitFactor: 1e6, corsOrigins: [] } },
    world: {
      telemetry: createTelemetry({
        service: 'bench',
        config: { logLevel: 'silent', otlpEndpoint: undefined },
      }),
    },
  });
  try {
    const [ours, bare] = [await edgeOf(stage), bareExpress()];
    for (const served of [ours, bare]) await warm(served, isSmoke ? 500 : 5_000);
    const added: number[] = [];
    const bareMs: number[] = [];
    for (let round = 0; round <= (isSmoke ? 3 : 9); round += 1) {
      const arrivals = arrivalsOf(round + 1);
      const [mine, its] = [await p95Of(ours, arrivals), await p95Of(bare, arrivals)];
      // The first round warms up.
      if (round > 0) bareMs.push(its);
      if (round > 0) added.push(Math.max(0, mine - its));
    }
    const gate = { gate: 'edge-added-in-process', unit: 'ms p95' };
    const limit = `<= ${limitMs * (isSmoke ? 5 : 1)}`;
    const alone = median(bareMs);
    if (alone > limitMs) {
      const why = `the machine is busy: bare Express itself took ${alone.toFixed(2)} ms`;
      return [skipped({ ...gate, limit }, why)];
    }
    const detail = `at ${perSecond}/s, beside ${alone.toFixed(3)} ms of bare Express`;
    return [absolute({ ...gate, limit, figures: added, detail })];
  } finally {
    await stage.close();
  }
}

async function edgeOf(stage: ApiStage): Promise<Served> {
  const { listener, messages } = createApp(stage.dependencies);
  const token = await stage.token(await stage.tenant());
  return {
    listener,
    messages,
    headers: { authorization: `Bearer ${token}`, traceparent },
    socket: new Socket(),
  };
}

function bareExpress(): Served {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.get('/v1/credential', (_request, response) => void response.json({ status: 'fine', at: 1 }));
  return {
    listener: app,
    messages: { IncomingMessage, ServerResponse },
    headers: {},
    socket: new Socket(),
  };
}

/** The same function for all answers: a new one for each kept all of them from the collector. */
function endAndTell(this: Answer, ...args: unknown[]): Answer {
  Reflect.apply(this.ending, this, args);
  this.emit('close');
  this.told?.(this.statusCode);
  return this;
}

interface Answer extends ServerResponse {
  ending: ServerResponse['end'];
  told: ((status: number) => void) | undefined;
}

/** One request through a listener; resolves with the time at which its answer had been handed over, never when it was shed. */
function ask({ listener, messages, headers, socket }: Served): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new messages.IncomingMessage(socket);
    Object.assign(request, { method: 'GET', url: '/v1/credential', complete: true, headers });
    request.rawHeaders = Object.entries(headers).flat();
    const plain = new messages.ServerResponse(request);
    const response = Object.assign(plain, { ending: plain.end, told: undefined, end: endAndTell });
    Object.assign(response, {
      told(status: number) {
        if (status === 200) resolve(performance.now());
        else if (status === 503) resolve(Number.POSITIVE_INFINITY);
        else reject(new Error(`the listener answered ${status}`));
      },
    });
    listener(request, response);
  });
}

/** One after the other, until everything is compiled; the first asks the database who is asking. */
async function warm(served: Served, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await ask(served);
}

/** Milliseconds at which requests are due, exponentially apart, the same ones for the same seed. */
function arrivalsOf(seed: number): number[] {
  const arrivals: number[] = [];
  let state = seed;
  for (let atMs = 0; atMs < seconds * 1000;) {
    state = (state * 48_271) % 2_147_483_647;
    atMs -= (Math.log(state / 2_147_483_647) * 1000) / perSecond;
    arrivals.push(atMs);
  }
  return arrivals;
}

const still = new Int32Array(new SharedArrayBuffer(4));

/** Asking the clock again and again would make more garbage than all requests together. */
function sleepUntil(ms: number): void {
  const leftMs = ms - performance.now();
  if (leftMs > 0) Atomics.wait(still, 0, 0, leftMs);
}

async function p95Of(served: Served, arrivals: readonly number[]): Promise<number> {
  // Nothing is kept of a request but its figure: what this keeps, the collector would have to copy.
  const waits = new Float64Array(arrivals.length);
  let answered = 0;
  const startedMs = performance.now();
  for (const [n, dueMs] of arrivals.entries()) {
    sleepUntil(startedMs + dueMs);
    // Each request has a turn of the event loop to itself, as requests of different callers do.
    await turn();
    void ask(served).then((answeredMs) => {
      waits[n] = answeredMs - startedMs - dueMs;
      answered += 1;
    });
  }
  while (answered < arrivals.length) await turn();
  return waits.sort()[Math.floor(waits.length * 0.95)] ?? Number.NaN;
}
