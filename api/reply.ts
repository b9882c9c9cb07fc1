/** Sends what a handler returned, after checking that it is what the contract promises. */
import compression from 'compression';
import type { Request, Response } from 'express';
import { settleHeaders, writeHead } from './request-context.ts';
import type { Reply, Route, Streamed } from './route.ts';
import { onlyFields } from './sparse.ts';

/** Sends a reply; `isChecked` compares it with the declared schema first (not in production). */
export async function sendReply(
  exchange: { request: Request; response: Response; route: Route; isChecked: boolean },
  reply: Reply,
): Promise<void> {
  const { request, response, route } = exchange;
  if (exchange.isChecked) checkReply(route, reply);
  const { status, headers, fields } = reply;
  const body = fields === undefined ? reply.body : onlyFields(reply.body, fields);
  if (headers === undefined && body !== undefined && !isStreamed(body)) {
    const text = JSON.stringify(body);
    if (text.length < packedFrom) return sendShort(response, status, text);
  }
  response.set({ 'Cache-Control': 'no-store', ...headers });
  settleHeaders(response);
  response.statusCode = status;
  if (isUnchanged(request, response)) response.status(304).end();
  else if (isStreamed(body)) await sendStream(request, response, body);
  else if (body === undefined) response.end();
  else sendJson(request, response, JSON.stringify(body));
}

/** Below this many characters packing costs more than it saves. */
const packedFrom = 1_024;

const json = 'application/json; charset=utf-8';
const pack = compression();

/** The way of most answers: head and body leave together, and no header is looked up again. */
function sendShort(response: Response, status: number, text: string): void {
  const bytes = Buffer.byteLength(text);
  const own = ['Cache-Control', 'no-store', 'Content-Type', json, 'Content-Length', String(bytes)];
  writeHead(response, status, own);
  // Plain ASCII needs no encoding, which is what most answers are.
  response.end(text, bytes === text.length ? 'latin1' : 'utf8');
}

function sendJson(request: Request, response: Response, text: string): void {
  response.setHeader('Content-Type', json);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  // Packing takes the length away again; whoever wants it unpacked gets one piece of that length.
  if (text.length >= packedFrom) pack(request, response, () => response.end(text));
  else response.end(text);
}

async function sendStream(request: Request, response: Response, body: Streamed): Promise<void> {
  response.set('Content-Type', body.mediaType);
  // Events must not wait in a compressor's buffer.
  if (!body.mediaType.startsWith('text/event-stream')) pack(request, response, () => {});
  await body.write(response);
}

function isStreamed(body: unknown): body is Streamed {
  return typeof body === 'object' && body !== null && 'write' in body && 'mediaType' in body;
}

/** Throws when the handler and the contract disagree: that is our bug, found by the tests. */
function checkReply(route: Route, reply: Reply): void {
  const place = `${route.method.toUpperCase()} ${route.path} answered ${reply.status}`;
  const spec = route.responses[reply.status];
  if (spec === undefined) throw new Error(`${place}, which it does not declare`);
  if (isStreamed(reply.body) ? spec.media !== undefined : spec.schema === undefined) return;
  const parsed = spec.schema?.safeParse(reply.body);
  if (parsed?.success === true) return;
  const issues = parsed?.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`${place} with another shape than declared: ${issues?.join('; ') ?? 'bytes'}`);
}

/** The entity tag of a version, for ETag and If-Match. */
export function entityTag(version: number | string): string {
  return `W/"${version}"`;
}

function isUnchanged(request: Request, response: Response): boolean {
  const current = response.get('ETag');
  const known = request.get('if-none-match');
  if (current === undefined || known === undefined || request.method !== 'GET') return false;
  return matchesTag(known, current);
}

/** Weak comparison of RFC 9110 between a list of tags, or `*`, and one tag. */
export function matchesTag(list: string, tag: string): boolean {
  const opaque = (text: string) => text.trim().replace(/^W\//, '');
  return list.split(',').some((entry) => opaque(entry) === '*' || opaque(entry) === opaque(tag));
}
