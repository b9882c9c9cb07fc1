/** How the fixture server answers: JSON, a page of a list, a file or a problem. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Scene {
  stepMs: number;
  rowCount: number;
  /** Tokens that are good. */
  issued: Set<string>;
}

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  scene: Scene;
}

export function sendPage<Item>(call: Call, items: readonly Item[]): void {
  const query = call.url.searchParams;
  const start = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  const hasMore = start + limit < items.length;
  send(call, 200, {
    data: items.slice(start, start + limit),
    nextCursor: hasMore ? String(start + limit) : null,
    hasMore,
  });
}

export function send({ response }: Call, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Request-Id': 'req_fixture' });
  response.end(JSON.stringify(body));
}

export function sendText({ response }: Call, text: string): void {
  response.writeHead(200, {
    'Content-Type': 'text/csv',
    'Content-Disposition': 'attachment; filename="rows.csv"',
  });
  response.end(text);
}

export function sendPicture({ response }: Call, png: Buffer): void {
  response.writeHead(200, { 'Content-Type': 'image/png' });
  response.end(png);
}

export function refuse(
  call: Call,
  status: number,
  code: string,
  said: { detail: string; detailSw?: string | null } = { detail: 'A fixture refused this.' },
): void {
  const { response } = call;
  response.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'X-Request-Id': 'req_7f3a21c9',
  });
  response.end(
    JSON.stringify({
      type: `/problems/${code}`,
      title: code,
      status,
      ...said,
      code,
      requestId: 'req_7f3a21c9',
      errors: [],
    }),
  );
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
