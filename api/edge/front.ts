/**
 * The way of API requests past the router of Express. Requests and responses are Express's own, so
 * handlers see no difference; what is not in the table, and every method a path does not have, goes
 * to the application as before.
 */
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ResponseSpec, Route } from '../route.ts';
import { routeTable } from './route-table.ts';
import type { WebSockets } from './web-sockets.ts';

export interface FrontOptions {
  app: Express;
  /** Each route with the handler that answers it. */
  routes: Iterable<readonly [Route, RequestHandler]>;
  /** What every request goes through first, in order and at once; each may refuse by throwing. */
  steps: readonly RequestHandler[];
  /** Feeds may be asked for as sockets. */
  sockets: WebSockets;
  /** Turns whatever was thrown into an answer. */
  onError: (error: unknown, request: Request, response: Response) => void;
}

export interface Front {
  listener: RequestListener;
  /** What the server makes of each request, so that it is Express's own from the beginning. */
  messages: { IncomingMessage: typeof IncomingMessage; ServerResponse: typeof ServerResponse };
  /** Whether a request is given to `upgrade` instead of the listener. */
  isUpgrade(request: IncomingMessage): boolean;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends what stays open after its answer. */
  closeSockets(): void;
}

/** The listener of the public server. */
export function openFront({ app, routes, steps, sockets, onError }: FrontOptions): Front {
  const known = [...routes];
  const table = routeTable(known);
  const feeds = routeTable(known.filter(([{ responses }]) => isFeed(responses[200])));
  const messages = messagesOf(app);
  const listener: RequestListener = (incoming, outgoing) => {
    const found = table.find(incoming.method ?? '', pathOf(incoming.url ?? ''));
    if (found === undefined) return app(incoming, outgoing);
    const { request, response } = dressed(app, incoming, outgoing);
    request.params = found.params;
    try {
      const answering = runAll(steps, found.value, request, response);
      if (answering instanceof Promise) {
        answering.catch((error: unknown) => onError(error, request, response));
      }
    } catch (error) {
      onError(error, request, response);
    }
  };
  return {
    ...{ listener, messages },
    isUpgrade: (request) =>
      sockets.isAsked(request) && feeds.find('GET', pathOf(request.url ?? '')) !== undefined,
    upgrade(request, socket, head) {
      if (!(socket instanceof Socket)) return void socket.destroy();
      const response = new messages.ServerResponse(request);
      sockets.offer(request, response, { socket, head });
      listener(request, response);
    },
    closeSockets: () => sockets.close(),
  };
}

function isFeed(spec: ResponseSpec | undefined): boolean {
  return spec?.media?.includes('text/event-stream') === true;
}

/** Changing what an object is after it was made slows down everything that is done with it. */
function messagesOf(app: Express): Front['messages'] {
  class ApiRequest extends IncomingMessage {}
  class ApiResponse<Asked extends IncomingMessage> extends ServerResponse<Asked> {}
  Object.setPrototypeOf(ApiRequest.prototype, app.request);
  Object.setPrototypeOf(ApiResponse.prototype, app.response);
  return { IncomingMessage: ApiRequest, ServerResponse: ApiResponse };
}

/** What Express itself does to both before it looks for a route. */
function dressed(app: Express, incoming: IncomingMessage, outgoing: ServerResponse) {
  const request: Request = isMadeFrom(app.request, incoming)
    ? incoming
    : Object.setPrototypeOf(incoming, app.request);
  const response: Response = isMadeFrom(app.response, outgoing)
    ? outgoing
    : Object.setPrototypeOf(outgoing, app.response);
  request.res = response;
  response.req = request;
  response.locals = {};
  return { request, response };
}

function isMadeFrom<Made extends object>(model: Made, made: object): made is Made {
  return Object.prototype.isPrototypeOf.call(model, made);
}

/** Runs the steps, then the route; a step that does not go on has answered by itself. */
function runAll(
  steps: readonly RequestHandler[],
  handler: RequestHandler,
  request: Request,
  response: Response,
): unknown {
  let passed = 0;
  let fault: unknown;
  const next: NextFunction = (error?: unknown) => {
    passed += 1;
    fault = error;
  };
  for (const step of steps) {
    const before = passed;
    void step(request, response, next);
    if (fault !== undefined) throw fault;
    if (passed === before) return undefined;
  }
  return handler(request, response, next);
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
