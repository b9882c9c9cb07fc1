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
export async function inProcessGate({ isSmoke }: BenchOptions): Promise<Gate> {
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
      return skipped({ ...gate, limit }, why);
    }
    const detail = `at ${perSecond}/s, beside ${alone.toFixed(3)} ms of bare Express`;
    return absolute({ ...gate, limit, figures: added, detail });
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

/** One request through a listener; resolves with the time at which its answer had been handed over, never when it was shed. */
function ask({ listener, messages, headers, socket }: Served): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new messages.IncomingMessage(socket);
    Object.assign(request, { method: 'GET', url: '/v1/credential', complete: true, headers });
    request.rawHeaders = Object.entries(headers).flat();
    const response = new messages.ServerResponse(request);
    const end = response.end.bind(response);
    response.end = (...args: unknown[]) => {
      Reflect.apply(end, response, args);
      response.emit('close');
      if (response.statusCode === 200) resolve(performance.now());
      else if (response.statusCode === 503) resolve(Number.POSITIVE_INFINITY);
      else reject(new Error(`the listener answered ${response.statusCode}`));
      return response;
    };
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

async function p95Of(served: Served, arrivals: readonly number[]): Promise<number> {
  const answers: Promise<number>[] = [];
  const startedMs = performance.now();
  for (const dueMs of arrivals) {
    // Each request has a turn of the event loop to itself, as requests of different callers do.
    do await turn();
    while (performance.now() - startedMs < dueMs);
    answers.push(ask(served).then((answeredMs) => answeredMs - startedMs - dueMs));
  }
  const waits = (await Promise.all(answers)).sort((a, b) => a - b);
  return waits[Math.floor(waits.length * 0.95)] ?? Number.NaN;
}
