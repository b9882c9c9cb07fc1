/** A business's own server: keeps every callback it is sent and answers as told. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  text: string;
  contentType: string;
  atMs: number;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** The bodies posted to a path, oldest first. */
  bodies(path: string): Record<string, unknown>[];
  /** What the next requests to a path are answered with; a function may wait. */
  answer(path: string, with_: { status?: number; body?: unknown; afterMs?: number }): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers = new Map<string, { status?: number; body?: unknown; afterMs?: number }>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const path = request.url ?? '';
      const contentType = request.headers['content-type'] ?? '';
      received.push({ path, text, contentType, atMs: performance.now() });
      const { status = 200, body, afterMs = 0 } = answers.get(path) ?? {};
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body ?? { ResultCode: 0, ResultDesc: 'Accepted' }));
      }, afterMs).unref();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    bodies: (path) =>
      received
        .filter((one) => one.path === path)
        .map(({ text }) => JSON.parse(text) as Record<string, unknown>),
    answer: (path, with_) => {
      answers.set(path, with_);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
