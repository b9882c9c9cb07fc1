/** Turns problems and thrown faults into `application/problem+json` answers. */
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Telemetry } from '../telemetry.ts';
import { contextOf, settleHeaders, writeHead } from './request-context.ts';
import { catalogue, problem, ProblemError, type Problem } from './problems.ts';

/** The body of a problem answer; `instance` is the path without its query. */
function problemBody(
  refusal: Problem,
  place: { publicUrl: string; instance: string; requestId: string },
) {
  const { status, title } = catalogue[refusal.problem];
  return {
    type: `${place.publicUrl}/problems/${refusal.problem}`,
    title,
    status,
    detail: refusal.detail,
    ...(refusal.detailSw === null ? {} : { detailSw: refusal.detailSw }),
    instance: place.instance,
    code: refusal.problem,
    requestId: place.requestId,
    errors: refusal.errors,
  };
}

/** Sends a problem; when the body was not read to its end, the connection is closed after it. */
export function sendProblem(request: Request, response: Response, refusal: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { publicUrl, requestId } = contextOf(response);
  const place = { publicUrl, instance: request.path, requestId };
  const body = JSON.stringify(problemBody(refusal, place));
  const headers = {
    ...{ 'Cache-Control': 'no-store, no-transform', ...refusal.headers },
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
  };
  const { status } = catalogue[refusal.problem];
  if (request.complete || !hasBody(request)) {
    // Refusing must stay cheaper than serving, so the head is written in one go.
    writeHead(response, status, Object.entries(headers).flat());
    response.end(body);
  } else {
    settleHeaders(response.status(status).set(headers));
    closeGently(request, response, body);
  }
}

function hasBody(request: Request): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

const lingerMs = 2_000;

/**
 * Closing while the client still sends makes its kernel throw the answer away, so the whole answer
 * goes out first and the rest of the body is discarded for a moment before the connection ends.
 */
function closeGently(request: Request, response: Response, body: string): void {
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, lingerMs);
  response.set('Connection', 'close').write(body);
  request.once('end', end).once('close', end).unpipe();
  request.resume();
}

/** The one error handler: known problems as they are, unreachable services 503, all else 500. */
export function problemHandler(telemetry: Telemetry): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const refusal = problemOf(error);
    if (catalogue[refusal.problem].status >= 500) {
      const { requestId } = contextOf(response);
      telemetry.log.error({ event: 'requestFailed', requestId, route: request.path, err: error });
    }
    sendProblem(request, response, refusal);
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (isUnreachable(error) || isOutOfRoom(error)) {
    return problem('unavailable', { headers: { 'Retry-After': '5' } });
  }
  if (error instanceof URIError) return problem('malformed-request');
  return problem('internal');
}

const unreachableCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  '53300',
  '57P01',
  '57P02',
  '57P03',
]);
const unreachableNames = new Set(['OutcomeUnknown', 'TransactionNotBegun', 'TenantFrozen']);
const unreachableWords =
  /timeout exceeded when trying to connect|Connection terminated|Connection is closed|UNAVAILABLE|DEADLINE_EXCEEDED|failed to connect/i;

/**
 * True when PostgreSQL has no disk or memory for what it was asked. Unlike a server that is away it
 * goes on answering what needs none, so that no breaker may rest it.
 */
function isOutOfRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return code === '53100' || code === '53200' || isOutOfRoom(error.cause);
}

/** True when PostgreSQL, Redis or Temporal could not be reached, as opposed to saying no. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (unreachableCodes.has(code) || code.startsWith('08')) return true;
  if (unreachableNames.has(error.name)) return true;
  return unreachableWords.test(error.message) || isUnreachable(error.cause);
}
