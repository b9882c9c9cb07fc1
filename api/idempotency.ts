/** Idempotency-Key: a repeated request gets the first answer and repeats nothing. */
import { createHash } from 'node:crypto';
import {
  beginIdempotent,
  completeIdempotent,
  releaseIdempotent,
  type IdempotencyKey,
  type StoredResponse,
} from '../db/idempotency.ts';
import type { TenantHandle } from '../db/database.ts';
import { actorOf } from './auth/principal.ts';
import { changeOwn, readOwn } from './own-data.ts';
import { problem, type Problem } from './problems.ts';
import type { Call, Reply, Route } from './route.ts';

const keyPattern = /^[\x21-\x7e]{16,255}$/;
const sealContext = 'idempotency';

/** What is asked: the route, the call, and whatever makes two requests the same request. */
export interface Asked {
  route: Pick<Route, 'method' | 'path' | 'idempotency'>;
  call: Call;
  body: unknown;
}

/**
 * Runs `work` unless this key has an answer already. Refusals are not kept: whatever was wrong may
 * be put right and tried again with the same key.
 */
export async function withIdempotency<Answer extends Reply>(
  asked: Asked,
  work: () => Promise<Answer | Problem>,
): Promise<Answer | Problem> {
  const { route, call } = asked;
  const given = call.request.get('idempotency-key');
  if (route.idempotency === undefined) return work();
  if (given === undefined && route.idempotency === 'optional') return work();
  if (given === undefined || !keyPattern.test(given)) return problem('idempotency-key-malformed');
  const key = keyOf(asked, given);
  const request = JSON.stringify([call.request.path, asked.body ?? null]);
  const found = await changeOwn(call, (t) =>
    beginIdempotent(t, { ...key, requestHash: t.seal.index(request).toString('hex') }),
  );
  switch (found.state) {
    case 'started':
      return runOnce(asked, key, work);
    case 'completed':
      // What was kept is what this very work answered before; the reply is checked once more.
      return (await replayed(asked, found.response)) as Answer;
    case 'mismatch':
      return problem('idempotency-mismatch');
    case 'in-progress':
      return problem('idempotency-in-progress', { headers: { 'Retry-After': '2' } });
  }
}

function keyOf({ route, call }: Asked, given: string): IdempotencyKey {
  return {
    principal: actorOf(call.principal),
    route: `${route.method.toUpperCase()} ${route.path}`,
    keyHash: createHash('sha256').update(given).digest('hex'),
  };
}

async function runOnce<Answer extends Reply>(
  { call }: Asked,
  key: IdempotencyKey,
  work: () => Promise<Answer | Problem>,
): Promise<Answer | Problem> {
  const release = () => changeOwn(call, (t) => releaseIdempotent(t, key));
  let answer: Answer | Problem;
  try {
    answer = await work();
  } catch (error) {
    await release();
    throw error;
  }
  if ('problem' in answer) await release();
  else {
    const { status, headers = {}, body } = answer;
    await changeOwn(call, (t) =>
      completeIdempotent(t, key, { status, headers, body: sealed(t, body) }),
    );
  }
  return answer;
}

/** Answers hold names, so they are kept sealed with the tenant's key. */
function sealed(t: TenantHandle, body: unknown) {
  return { sealed: t.seal.sealText(JSON.stringify(body ?? null), sealContext) };
}

async function replayed({ call }: Asked, stored: StoredResponse): Promise<Reply> {
  const body = await readOwn(call, async (t) => opened(t, stored.body));
  const headers = { ...stored.headers, 'Idempotent-Replayed': 'true' };
  return { status: stored.status, body, headers };
}

function opened(t: TenantHandle, body: unknown): unknown {
  const isSealed = typeof body === 'object' && body !== null && 'sealed' in body;
  if (!isSealed || typeof body.sealed !== 'string') throw new Error('a kept answer is not sealed');
  return JSON.parse(t.seal.openText(body.sealed, sealContext));
}
