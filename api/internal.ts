/**
 * What parts of the house ask each other over the private listener. Each route names who may call
 * it; a caller proves itself by a signature over the whole request, and everything that is not right
 * about one is answered alike.
 */
import express, { type Express, type RequestHandler } from 'express';
import type { Database } from '../db/database.ts';
import { serviceKeyState } from '../db/service-keys.ts';
import { takeServiceNonce } from '../db/service-nonces.ts';
import type { SigningKeys } from './auth/keys.ts';
import { serviceKey, verifyRequest, type SignatureCheck } from './auth/service-signature.ts';

export interface InternalRoute {
  method: 'get' | 'post';
  path: `/internal/${string}`;
  /** Services that may call it. */
  callers: readonly string[];
  answer(): Promise<object>;
}

/** What a gateway says about the keys it works with, once it has looked for new ones. */
export interface KeysInUse {
  signsWith: string;
  accepts: string[];
}

/** Commands of the house make every gateway look at the signing keys now, and see what it found. */
export function internalRoutes({ keys }: { keys: SigningKeys }): readonly InternalRoute[] {
  return [
    {
      method: 'post',
      path: '/internal/keys/refresh',
      callers: ['house'],
      answer: async (): Promise<KeysInUse> => {
        await keys.refresh();
        const accepts = keys.published().keys.map(({ kid }) => kid);
        return { signsWith: keys.active.kid, accepts };
      },
    },
  ];
}

/** What is needed to tell whether a signature is good. */
export function signatureCheck(world: {
  db: Database;
  kek: Uint8Array;
}): Pick<SignatureCheck, 'keyOf' | 'takeNonce'> {
  const { db, kek } = world;
  return {
    keyOf: async (service, generation) => {
      const { accepted } = await serviceKeyState(db, service);
      return accepted.includes(generation) ? serviceKey(kek, service, generation) : undefined;
    },
    takeNonce: (service, nonce) => takeServiceNonce(db, service, nonce),
  };
}

/** Adds the routes to a private listener; anything else below `/internal` is refused like a stranger. */
export function mountInternal(
  app: Express,
  routes: readonly InternalRoute[],
  check: Pick<SignatureCheck, 'keyOf' | 'takeNonce'> & { now: () => number },
): void {
  const whole = express.raw({ type: () => true, limit: '64kb' });
  for (const route of routes) app[route.method](route.path, whole, answering(route, check));
  app.use('/internal', (_request, response) => void response.status(401).end());
}

function answering(
  { callers, answer }: InternalRoute,
  { now, ...check }: Parameters<typeof mountInternal>[2],
): RequestHandler {
  return async (request, response) => {
    const { method, originalUrl: path, headers } = request;
    const body: unknown = request.body;
    const signed = { method, path, headers, body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) };
    const caller = await verifyRequest(signed, { ...check, callers, nowMs: now() });
    if (caller === undefined) response.status(401).end();
    else response.json(await answer());
  };
}
