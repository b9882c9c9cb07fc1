/**
 * The built dashboard behind a server that answers like the API, from fixtures in memory, with the
 * strict headers of production. Who signs in chooses the scene: `demo@…` a full book, `empty@…` a
 * new business, `reader@…` a role that may not write, `broken@…` an API that fails.
 */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { headersFor } from '../../../api/security-headers.ts';
import { answerApi } from './fixture-api.ts';
import type { Scene } from './fixture-reply.ts';

/** What production sends with the page; `style-src` has no `unsafe-inline` on purpose. */
const headers = headersFor('dashboard', 'http://localhost');

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface FixtureServer {
  url: string;
  /** Every token given so far is answered with 401 from now on. */
  expireAll: () => void;
  close: () => Promise<void>;
}

/** Serves `distFolder` and the fixtures; `port` 0 takes any free one. */
export async function startFixtureServer(options: {
  distFolder: string;
  port?: number;
  stepMs?: number;
  rowCount?: number;
}): Promise<FixtureServer> {
  const scene: Scene = {
    stepMs: options.stepMs ?? 250,
    rowCount: options.rowCount ?? 12_000,
    issued: new Set(),
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fixture');
    if (url.pathname.startsWith('/v1/')) void answerApi({ request, response, url, scene });
    else servePage(options.distFolder, url.pathname, request, response);
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expireAll: () => scene.issued.clear(),
    close: () => closeServer(server),
  };
}

function servePage(
  folder: string,
  path: string,
  _request: IncomingMessage,
  response: ServerResponse,
): void {
  const file = join(folder, path.includes('..') ? '/' : path);
  const isFile = extname(path) !== '' && existsSync(file);
  const shown = isFile ? file : join(folder, 'index.html');
  response.setHeader('Content-Type', types[extname(shown)] ?? 'application/octet-stream');
  response.setHeaders(headers);
  createReadStream(shown).pipe(response);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
