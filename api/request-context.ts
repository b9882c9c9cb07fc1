/** Who is asking and under which id: what every request carries from its first middleware on. */
import type { RequestHandler, Response } from 'express';
import { randomUUID } from 'node:crypto';

export interface RequestContext {
  requestId: string;
  publicUrl: string;
  /** The caller's W3C trace, when its header is well formed. */
  traceparent: string | undefined;
  /** The pattern of the route that answered, for metrics; never the path itself. */
  route: string;
}

const contexts = new WeakMap<Response, RequestContext>();
const requestIdPattern = /^[\w.:-]{8,128}$/;
const traceparentPattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Takes over a well-formed X-Request-Id or makes one, and returns it in the answer. */
export function requestContext(publicUrl: string): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id');
    const trace = request.get('traceparent');
    const requestId = given !== undefined && requestIdPattern.test(given) ? given : randomUUID();
    contexts.set(response, {
      requestId,
      publicUrl,
      traceparent: trace !== undefined && traceparentPattern.test(trace) ? trace : undefined,
      route: 'unmatched',
    });
    response.set('X-Request-Id', requestId);
    next();
  };
}

/** The context of an answer; it is an error in our wiring when there is none. */
export function contextOf(response: Response): RequestContext {
  const context = contexts.get(response);
  if (context === undefined) throw new Error('the request context was not set up');
  return context;
}
