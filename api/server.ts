/** The HTTP server with its limits; what Node refuses by itself is still answered as a problem. */
import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Front } from './edge/front.ts';
import { catalogue, type ProblemCode } from './problems.ts';

const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 10_000,
  // Long enough for 64 MB over a slow line; bodies that stall are cut off much earlier.
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};

/** A server for the application; it does not listen yet. */
export function httpServer(app: RequestListener | Front, publicUrl: string): Server {
  const server = 'listener' in app ? frontServer(app) : createServer(limits, app);
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    refuse(socket, codeOf(error.code), publicUrl);
  });
  return server;
}

function frontServer({ messages, listener, isUpgrade, upgrade }: Front): Server {
  const server = createServer(
    { ...limits, ...messages, shouldUpgradeCallback: isUpgrade },
    listener,
  );
  return server.on('upgrade', upgrade);
}

function codeOf(parserCode: string | undefined): ProblemCode {
  if (parserCode === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  if (parserCode === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  if (parserCode === 'HPE_INVALID_METHOD') return 'method-not-allowed';
  return 'malformed-request';
}

function refuse(socket: Duplex, code: ProblemCode, publicUrl: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, title, cause } = catalogue[code];
  const type = `${publicUrl}/problems/${code}`;
  const body = JSON.stringify({ type, title, status, detail: cause, code, errors: [] });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
