/**
 * The way of API requests past the router of Express. Requests and responses are Express's own, so
 * handlers see no difference; what is not in the table, and every method a path does not have, goes
 * to the application as before.
 */
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Route } from '../route.ts';
import { routeTable } from './route-table.ts';

export interface FrontOptions {
  app: Express;
  /** Each route with the handler that answers it. */
  routes: Iterable<readonly [Route, RequestHandler]>;
  /** What every request goes through first, in order; each may refuse by throwing. */
  steps: readonly RequestHandler[];
  /** Turns whatever was thrown into an answer. */
  onError: (error: unknown, request: Request, response: Response) => void;
}

/** The listener of the public server. */
export function openFront({ app, routes, steps, onError }: FrontOptions): RequestListener {
  const table = routeTable(routes);
  return (incoming, outgoing) => {
    const found = table.find(incoming.method ?? '', pathOf(incoming.url ?? ''));
    if (found === undefined) return app(incoming, outgoing);
    const { request, response } = dressed(app, incoming, outgoing);
    request.params = found.params;
    runAll([...steps, found.value], request, response).catch((error: unknown) =>
      onError(error, request, response),
    );
  };
}

/** What Express itself does to both before it looks for a route. */
function dressed(app: Express, incoming: IncomingMessage, outgoing: ServerResponse) {
  const request: Request = Object.setPrototypeOf(incoming, app.request);
  const response: Response = Object.setPrototypeOf(outgoing, app.response);
  request.res = response;
  response.req = request;
  response.locals = {};
  return { request, response };
}

async function runAll(
  handlers: readonly RequestHandler[],
  request: Request,
  response: Response,
): Promise<void> {
  for (const handler of handlers) {
    let isDone = true;
    let fault: unknown;
    const next: NextFunction = (error?: unknown) => {
      isDone = false;
      fault = error;
    };
    const running: unknown = handler(request, response, next);
    if (running instanceof Promise) await running;
    if (fault !== undefined) throw fault;
    if (isDone) return;
  }
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
