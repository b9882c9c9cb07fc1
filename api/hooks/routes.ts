/**
 * `/hooks/{letter}/{token}`: where Daraja posts. The token is checked before anything else is looked
 * at; what is genuine is stored before it is answered, and the answer never tells what we think of it.
 */
import type { Express, RequestHandler, Response } from 'express';
import type { Failpoint } from '../../activities/failpoint.ts';
import type { HookTarget, HookTokens } from '../../db/hook-tokens.ts';
import type { HookLetter } from '../../db/shortcode-tables.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import type { Logger } from '../../telemetry.ts';
import { newId } from '../new-id.ts';
import { problem, ProblemError, type ProblemCode } from '../problems.ts';
import { contextOf } from '../request-context.ts';
import type { Intake } from './intake.ts';
import type { HookMetrics } from './metrics.ts';
import { readCallback, type RawBody } from './raw-body.ts';
import type { AnswerValidation } from './validation.ts';

export interface Hooks {
  tokens: HookTokens;
  intake: Intake;
  answerValidation: AnswerValidation;
  isAllowedSource: (address: string) => boolean;
  metrics: HookMetrics;
  log: Logger;
  failpoint: Failpoint;
  now: () => number;
  /** How long a body may take to arrive. */
  arrivalMs?: number;
}

type Genuine = HookTarget & { letter: HookLetter };

const acknowledgement = '{"ResultCode":0,"ResultDesc":"Accepted"}';

/** Mounts the callback addresses; they come before everything that costs time. */
export function mountHooks(app: Express, hooks: Hooks): void {
  app.all('/hooks/:letter/:token', receiver(hooks));
}

function receiver(hooks: Hooks): RequestHandler<{ letter: string; token: string }> {
  return async (request, response) => {
    const context = contextOf(response);
    context.route = '/hooks/{letter}/{token}';
    const genuine = hooks.tokens.verify(request.params.letter, request.params.token);
    if (genuine === undefined) return refuse(hooks, 'unknown', 'not-found');
    context.route = `/hooks/${genuine.letter}/{token}`;
    if (request.method !== 'POST') {
      return refuse(hooks, genuine.letter, 'method-not-allowed', { Allow: 'POST' });
    }
    if (!hooks.isAllowedSource(request.ip ?? '')) {
      hooks.log.warn({ event: 'callbackSourceRefused', letter: genuine.letter });
      return refuse(hooks, genuine.letter, 'source-not-allowed');
    }
    const limits = hooks.arrivalMs === undefined ? {} : { arrivalMs: hooks.arrivalMs };
    const body = await readCallback(request, limits);
    if (body.maskedCards > 0) warnOfCards(hooks, genuine, body.maskedCards);
    if (genuine.letter === 'v') return validate({ hooks, genuine, body, response });
    if (!body.ok) return keepAndRefuse(hooks, genuine, body);
    await store(hooks, genuine, { body: body.bytes });
    await hooks.failpoint('cb.afterInsertBeforeAck');
    hooks.metrics.answered.inc({ letter: genuine.letter, answer: 'taken' });
    await answer(response, acknowledgement);
    await hooks.failpoint('cb.afterAck');
  };
}

function refuse(
  { metrics }: Hooks,
  letter: string,
  code: ProblemCode,
  headers: Record<string, string> = {},
): never {
  metrics.answered.inc({ letter, answer: code });
  throw new ProblemError(problem(code, { headers }));
}

/** Somebody typed the number of a payment card where an account belongs. */
function warnOfCards({ metrics, log }: Hooks, genuine: Genuine, count: number): void {
  const { tenantId, letter } = genuine;
  metrics.maskedCards.inc({ letter }, count);
  log.warn({ event: 'callbackCardsMasked', tenantId, letter, count });
}

/** A validation is a question: it is answered first, and kept without making M-PESA wait. */
async function validate(asked: {
  hooks: Hooks;
  genuine: Genuine;
  body: RawBody;
  response: Response;
}): Promise<void> {
  const { hooks, genuine, body, response } = asked;
  if (!body.ok) return refuse(hooks, genuine.letter, body.problem);
  const verdict = await hooks.answerValidation(genuine, body.json);
  hooks.metrics.answered.inc({ letter: genuine.letter, answer: verdict.ResultDesc });
  await answer(response, JSON.stringify(verdict));
  await store(hooks, genuine, { body: body.bytes }).catch((err: unknown) => {
    hooks.log.warn({ event: 'validationNotKept', err });
  });
}

async function keepAndRefuse(
  hooks: Hooks,
  genuine: Genuine,
  body: Extract<RawBody, { ok: false }>,
): Promise<never> {
  if (body.bytes.length > 0) {
    const { bytes, cause } = body;
    await store(hooks, genuine, { body: bytes, cause });
    const { tenantId, letter } = genuine;
    hooks.log.error({ event: 'callbackQuarantined', tenantId, letter, cause });
  }
  return refuse(hooks, genuine.letter, body.problem);
}

async function store(
  { intake, now }: Hooks,
  { tenantId, letter, targetId }: Genuine,
  kept: { body: Buffer; cause?: string },
): Promise<void> {
  try {
    await intake.take(tenantId, {
      ...{ id: newId('callback', now()), letter, targetId, arrivedBy: 'request' },
      receivedAt: instantFromEpochMs(now()),
      ...kept,
    });
  } catch (error) {
    // A genuine address of a business that is no longer here leads nowhere.
    const isGone = error instanceof Error && error.name === 'TenantUnknown';
    const headers = { 'Retry-After': '5' };
    throw new ProblemError(isGone ? problem('not-found') : problem('unavailable', { headers }));
  }
}

function answer(response: Response, body: string): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', () => resolve());
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
    });
    response.end(body, () => resolve());
  });
}
