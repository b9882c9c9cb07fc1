/**
 * Live feeds over WebSocket. An upgrade goes the way of every request, so who asks, what they may and
 * how often is decided where it always is, and a refusal is the answer it always is; only a feed that
 * would be sent as server-sent events goes over the socket instead.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Feed, StoredEvent } from '../operations/feed.ts';
import { problem, ProblemError } from '../problems.ts';
import { contextOf } from '../request-context.ts';

interface Offer {
  socket: Socket;
  head: Buffer;
  server: WebSocketServer;
}

/** Sockets whose owners asked for a feed; taken away with the first use. */
const offers = new WeakMap<IncomingMessage, Offer>();

/** What a browser can say of itself, which cannot set headers here. */
const protocol = 'daftari.v1';
const saidByProtocol: readonly (readonly [RegExp, 'authorization' | 'last-event-id', string])[] = [
  [/^bearer\.(.+)$/, 'authorization', 'Bearer '],
  [/^after\.(\d{1,9})$/, 'last-event-id', ''],
];

export interface WebSockets {
  /** Whether a request asks for a socket; all others are answered as if they had not. */
  isAsked(request: IncomingMessage): boolean;
  /** Lets the answer to this request take its socket over. */
  offer(request: IncomingMessage, response: ServerResponse, at: Omit<Offer, 'server'>): void;
  /** Refuses what is no good handshake, or comes from a page of somebody else. */
  check: RequestHandler;
  /** Tells everybody to come back later. */
  close(): void;
}

/** `origins` are the pages that may ask, for example `https://shop.example`. */
export function openWebSockets(origins: readonly string[]): WebSockets {
  const server = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: false, maxPayload: 1_024 },
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  server.on('headers', (headers, request) => {
    const requestId = requestIds.get(request);
    if (requestId !== undefined) headers.push(`X-Request-Id: ${requestId}`);
  });
  const allowed = new Set(origins);
  return {
    isAsked: ({ method, headers }) =>
      method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket',
    offer(request, response, { socket, head }) {
      offers.set(request, { socket, head, server });
      socket.on('error', () => socket.destroy());
      response.shouldKeepAlive = false;
      response.assignSocket(socket);
      response.once('finish', () => socket.end());
      readProtocols(request);
    },
    check(request, _response, next) {
      if (!offers.has(request)) return next();
      const { origin } = request.headers;
      if (origin !== undefined && !allowed.has(origin)) {
        throw new ProblemError(problem('origin-refused'));
      }
      if (request.headers['sec-websocket-version'] !== '13') {
        const headers = { 'Sec-WebSocket-Version': '13', Upgrade: 'websocket' };
        throw new ProblemError(problem('upgrade-required', { headers }));
      }
      const key = request.headers['sec-websocket-key'] ?? '';
      if (!/^[+/0-9A-Za-z]{22}==$/.test(key)) throw new ProblemError(problem('malformed-request'));
      next();
    },
    close() {
      for (const client of server.clients) client.close(1001, 'come back in a moment');
    },
  };
}

const requestIds = new WeakMap<IncomingMessage, string>();

function readProtocols({ headers }: IncomingMessage): void {
  for (const text of (headers['sec-websocket-protocol'] ?? '').split(',')) {
    for (const [pattern, header, before] of saidByProtocol) {
      const said = pattern.exec(text.trim())?.[1];
      if (said !== undefined) headers[header] ??= before + said;
    }
  }
}

/** The feed over the socket of this answer; undefined when nobody asked for one. */
export function socketFeed(response: ServerResponse & Parameters<typeof contextOf>[0]) {
  const { req: request } = response;
  const offer = offers.get(request);
  if (offer === undefined) return undefined;
  offers.delete(request);
  requestIds.set(request, contextOf(response).requestId);
  const { server, socket, head } = offer;
  response.statusCode = 101;
  response.detachSocket(socket);
  return new Promise<Feed>((resolve, reject) => {
    const onGone = () => reject(new Error('the socket closed while it was opened'));
    socket.once('close', onGone);
    server.handleUpgrade(request, socket, head, (client) => {
      socket.off('close', onGone);
      client.once('close', () => response.emit('close'));
      resolve(feedOver(client));
    });
  });
}

const stallMs = 30_000;
const endings = {
  finished: [1000, 'finished'],
  'access-over': [1008, 'access is over'],
} as const;

/** Sends events as JSON texts; reads nothing. A reader who stalls is cut off. */
export function feedOver(client: WebSocket, limits = { stallMs }): Feed {
  let isAlive = true;
  client.on('pong', () => (isAlive = true));
  client.on('error', () => client.terminate());
  client.on('message', () => client.close(1003, 'nothing is read here'));
  return {
    isOpen: () => client.readyState === client.OPEN,
    send: async (events) => {
      // Nothing more is loaded before this is on its way, so a slow reader costs one page.
      await flushed(client, { events, stallMs: limits.stallMs });
    },
    beat() {
      if (!isAlive) client.terminate();
      isAlive = false;
      if (client.readyState === client.OPEN) client.ping();
    },
    end(why) {
      const [code, reason] = endings[why];
      client.close(code, reason);
    },
    onClosed: (work) => void client.once('close', work),
  };
}

async function flushed(
  client: WebSocket,
  { events, stallMs: most }: { events: readonly StoredEvent[]; stallMs: number },
): Promise<void> {
  const last = Promise.withResolvers<void>();
  if (events.length === 0) return;
  const timer = setTimeout(() => client.terminate(), most);
  for (const [index, { seq, type, data }] of events.entries()) {
    const text = JSON.stringify({ id: seq, type, data });
    // A socket that closed meanwhile ends the feed elsewhere.
    client.send(text, () => index === events.length - 1 && last.resolve());
  }
  await last.promise;
  clearTimeout(timer);
}
