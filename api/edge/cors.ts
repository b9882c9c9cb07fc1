/**
 * Lets the listed origins, and no other, call the API from a browser. Credentials never travel this
 * way: callers from elsewhere carry a token in a header.
 */
import type { RequestHandler } from 'express';

const headers =
  'authorization, content-type, idempotency-key, x-daftari-key, x-request-id, traceparent';
const exposed = 'x-request-id, ratelimit, ratelimit-policy, retry-after, location, etag';

/** `origins` are exact, for example `https://shop.example`; an empty list allows none. */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins);
  return (request, response, next) => {
    const { origin } = request.headers;
    if (origin === undefined) return next();
    response.vary('Origin');
    if (!allowed.has(origin)) {
      // A preflight that is not answered with the headers is a no; nothing more needs to be said.
      if (isPreflight(request)) return void response.status(204).end();
      return next();
    }
    response.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': exposed,
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    if (!isPreflight(request)) return next();
    response.set({
      'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': headers,
      'Access-Control-Max-Age': '600',
    });
    return void response.status(204).end();
  };
}

function isPreflight(request: Parameters<RequestHandler>[0]): boolean {
  return (
    request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
  );
}
