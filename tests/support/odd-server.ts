/** A server that answers as a test tells it, byte for byte if need be. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface OddServer {
  url: string;
  /** Every request so far, oldest first. */
  requests: { method: string; path: string; body: string; headers: IncomingMessage['headers'] }[];
  /** How the next requests are answered; gets the request after its body has come. */
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;
  close(): Promise<void>;
}

/** Starts a server that hands out tokens `token-1`, `token-2` … and leaves the rest to `answer`. */
export async function openOddServer(): Promise<OddServer> {
  const sockets = new Set<Socket>();
  let tokens = 0;
  const odd: OddServer = {
    url: '',
    requests: [],
    answer: (_request, response) => json(response, 200, {}),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      odd.requests.push({ method, path, body, headers });
      if (!path.startsWith('/oauth/')) return odd.answer(request, response, body);
      tokens += 1;
      // Calls then open a connection of their own, which a test may close knowingly.
      response.setHeader('Connection', 'close');
      return json(response, 200, { access_token: `token-${tokens}`, expires_in: '3599' });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  odd.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return odd;
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
