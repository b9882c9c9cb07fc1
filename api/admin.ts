/**
 * The private listener: is the process alive, may it get traffic, what does it measure; what other
 * parts of the house ask, signed; and, where operators work on their own machine, the codec that lets
 * the Temporal UI show payloads.
 */
import type { PayloadCodec } from '@temporalio/common';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import { runningVersion } from '../version.ts';
import { decodeWith, encodeWith } from './operator-codec.ts';

export interface AdminOptions {
  registry: Registry;
  /** What must answer before this process may get traffic. */
  required: Readonly<Record<string, () => Promise<unknown>>>;
  /** What is worth knowing, but can be away without stopping intake. */
  optional: Readonly<Record<string, () => Promise<unknown>>>;
  /** What the circuit breakers say: closed, half-open or open. */
  breakers: () => Readonly<Record<string, string>>;
  /** True once the process has begun to stop. */
  isStopping: () => boolean;
  /** What other parts of the house may ask, signed. */
  internal?: (app: Express) => void;
  /** Given only outside production: the codec has no sign-in of its own. */
  operators?: { codec: PayloadCodec; uiUrl: string };
}

const probeMs = 2_000;

export function createAdminApp(options: AdminOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.get('/livez', (_request, response) => void response.json({ status: 'alive' }));
  app.get('/readyz', readiness(options));
  app.get('/version', (_request, response) => void response.json(runningVersion));
  app.get('/metrics', async (_request, response) => {
    response.type(options.registry.contentType).send(await options.registry.metrics());
  });
  options.internal?.(app);
  if (options.operators !== undefined) mountCodec(app, options.operators);
  app.use(withoutDetails);
  return app;
}

/** A body that is no JSON is the caller's mistake; neither it nor a fault of ours is explained. */
const withoutDetails: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const isTheirs = error instanceof Error && 'status' in error && error.status === 400;
  response.status(isTheirs ? 400 : 500).end();
};

function readiness({ required, optional, breakers, isStopping }: AdminOptions): RequestHandler {
  return async (_request, response) => {
    const [needed, wanted] = await Promise.all([probeAll(required), probeAll(optional)]);
    const isReady = !isStopping() && Object.values(needed).every((state) => state === 'up');
    const states = { ...needed, ...wanted, breakers: breakers() };
    response.status(isReady ? 200 : 503).json({ ready: isReady, ...states });
  };
}

async function probeAll(probes: AdminOptions['required']): Promise<Record<string, 'up' | 'down'>> {
  const states = await Promise.all(
    Object.entries(probes).map(async ([name, probe]) => [name, await stateOf(probe)] as const),
  );
  return Object.fromEntries(states);
}

async function stateOf(probe: () => Promise<unknown>): Promise<'up' | 'down'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'down'>((resolve) => {
    timer = setTimeout(() => resolve('down'), probeMs);
  });
  const answer = probe().then(
    () => 'up' as const,
    () => 'down' as const,
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function mountCodec(app: Express, operators: NonNullable<AdminOptions['operators']>): void {
  const guards = [refuseForeignHosts, allowOrigin(operators.uiUrl), express.json({ limit: '8mb' })];
  app.options('/operators/codec/{*path}', refuseForeignHosts, allowOrigin(operators.uiUrl));
  app.post('/operators/codec/decode', ...guards, decodeWith(operators.codec));
  app.post('/operators/codec/encode', ...guards, encodeWith(operators.codec));
}

/** A page elsewhere that points its own name at this machine must not get payloads opened. */
const refuseForeignHosts: RequestHandler = (request, response, next) => {
  const hostname = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? '';
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) next();
  else response.status(403).end();
};

/** The Temporal UI may be opened under either name of this machine. */
function allowOrigin(uiUrl: string): RequestHandler {
  const { origin } = new URL(uiUrl);
  const origins = new Set([
    origin,
    origin.replace('//127.0.0.1', '//localhost'),
    origin.replace('//localhost', '//127.0.0.1'),
  ]);
  return (request, response, next) => {
    const asking = request.headers.origin;
    if (asking !== undefined && !origins.has(asking)) {
      response.status(403).end();
      return;
    }
    if (asking !== undefined) {
      response.set({
        'Access-Control-Allow-Origin': asking,
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'content-type, x-namespace, authorization',
        'Access-Control-Allow-Private-Network': 'true',
        Vary: 'Origin',
      });
    }
    if (request.method === 'OPTIONS') response.status(204).end();
    else next();
  };
}
