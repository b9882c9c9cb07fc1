/** Speaks HTTP by hand, so that a test can break its rules. */
import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  /** Code of the problem answer, where there is one. */
  code: string | undefined;
  body: string;
  /** The server said that it closes the connection, and did. */
  isClosed: boolean;
  tookMs: number;
}

export interface RawRequest {
  method?: string;
  version?: '1.0' | '1.1';
  path: string;
  headers: readonly string[];
  /** Pieces of the body, sent as they come until the server has answered. */
  body?: AsyncIterable<string | Buffer> | Iterable<string | Buffer>;
  /** Cuts the connection when the body is sent, as a client that vanishes does. */
  hangsUp?: boolean;
}

const closeWithinMs = 10_000;

/** Sends a request byte for byte and waits for the answer and then for the end of the connection. */
export async function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const started = performance.now();
  const socket = connect(Number(port), hostname);
  // The server may close while we are still writing; the answer has been read by then.
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let received = '';
  const answered = new Promise<void>((resolve) => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
      if (isComplete(received)) resolve();
    });
    socket.once('close', () => resolve());
  });
  let isAnswered = false;
  void answered.then(() => (isAnswered = true));
  const { method = 'POST', version = '1.1', path, headers, body = [] } = request;
  socket.write(
    [`${method} ${path} HTTP/${version}`, `Host: ${hostname}`, ...headers, '', ''].join('\r\n'),
  );
  const sending = (async () => {
    for await (const piece of body) {
      if (isAnswered || socket.destroyed) return;
      if (!socket.write(piece)) await Promise.race([drained(socket), answered]);
    }
    if (request.hangsUp === true) socket.destroy();
  })();
  await answered;
  const tookMs = performance.now() - started;
  const isToClose = /^connection: close/im.test(received) || received === '';
  const closing = Promise.race([ended.then(() => true), later(closeWithinMs)]);
  const isClosed = isToClose && (await closing);
  socket.destroy();
  await sending;
  return { ...parse(received), isClosed, tookMs };
}

function drained(socket: ReturnType<typeof connect>): Promise<void> {
  return new Promise((resolve) => socket.once('drain', resolve));
}

function later(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false).unref());
}

function isComplete(received: string): boolean {
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  return length !== undefined && Buffer.byteLength(rest.join('\r\n\r\n')) >= Number(length);
}

function parse(received: string): Pick<RawAnswer, 'status' | 'code' | 'body'> {
  const body = received.split('\r\n\r\n').slice(1).join('\r\n\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0);
  return { status, code: /"code":"([^"]+)"/.exec(body)?.[1], body };
}
