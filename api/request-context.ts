/** Who is asking and under which id: what every request carries from its first middleware on. */
import type { RequestHandler, Response } from 'express';
import { randomInt, randomUUID } from 'node:crypto';

export interface RequestContext {
  requestId: string;
  publicUrl: string;
  /** The caller's W3C trace, when its header is well formed. */
  traceparent: string | undefined;
  /** The pattern of the route that answered, for metrics; never the path itself. */
  route: string;
}

interface Kept extends RequestContext {
  /** Names and values in turn of the headers the answer will carry unless it says otherwise. */
  headers: string[];
}

declare global {
  // The name is Express's own.
  namespace Express {
    interface Locals {
      requestContext?: Kept;
    }
  }
}

const requestIdPattern = /^[\w.:-]{8,128}$/;
const traceparentPattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Takes over a well-formed X-Request-Id or makes one, and returns it in the answer. `headers` are
 * names and values in turn that every answer carries.
 */
export function requestContext(publicUrl: string, headers: readonly string[] = []): RequestHandler {
  const newRequestId = requestIds();
  return (request, response, next) => {
    const { 'x-request-id': given, traceparent: trace } = request.headers;
    const isGood = typeof given === 'string' && requestIdPattern.test(given);
    const requestId = isGood ? given : newRequestId();
    const isTrace = typeof trace === 'string' && traceparentPattern.test(trace);
    response.locals.requestContext = {
      requestId,
      publicUrl,
      traceparent: isTrace ? trace : undefined,
      route: 'unmatched',
      headers: [...headers, 'X-Request-Id', requestId],
    };
    next();
  };
}

/** Ids that need to be unique and not secret: drawn once for the process, then counted. */
function requestIds(): () => string {
  const prefix = randomUUID().slice(0, 24);
  const countMax = 2 ** 48;
  let count = randomInt(countMax - 1);
  return () => {
    count = (count + 1) % countMax;
    return prefix + count.toString(16).padStart(12, '0');
  };
}

/** The context of an answer; it is an error in our wiring when there is none. */
export function contextOf(response: Response): RequestContext {
  return keptOf(response);
}

function keptOf(response: Response): Kept {
  const context = response.locals.requestContext;
  if (context === undefined) throw new Error('the request context was not set up');
  return context;
}

/**
 * Adds a header that the answer will carry unless it sets the same one itself. Headers kept in a
 * list and written in one go cost half of what setting them one by one does.
 */
export function addHeader(response: Response, name: string, value: string): void {
  keptOf(response).headers.push(name, value);
}

/** Sets what was added, for an answer that sets headers of its own. */
export function settleHeaders(response: Response): void {
  const { headers } = keptOf(response);
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = [headers[at], headers[at + 1]];
    if (!response.hasHeader(name)) response.setHeader(name, value);
  }
  headers.length = 0;
}

/** Writes the head of an answer with what was added and `own`: names and values in turn. */
export function writeHead(response: Response, status: number, own: readonly string[]): void {
  const kept = keptOf(response);
  if (response.getHeaderNames().length === 0) {
    kept.headers.push(...own);
    response.writeHead(status, kept.headers);
    return;
  }
  for (let at = 0; at < own.length; at += 2) response.setHeader(own[at] ?? '', own[at + 1] ?? '');
  settleHeaders(response);
  response.writeHead(status);
}
