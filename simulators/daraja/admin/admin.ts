/** The admin side under `/twin`: everything a person or a test may see and do. JSON throughout. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { World } from '../world.ts';
import { actions } from './actions.ts';
import { WishError } from './wishes.ts';

export interface AdminRequest {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  body: string;
}

/** What an action answers: JSON, or a text of another kind. */
export type AdminAnswer = { json: unknown } | { text: string; contentType: string };

export interface AdminCall {
  query: URLSearchParams;
  /** The part of the path that the action left open. */
  name: string;
  body: Record<string, unknown>;
}

export type Action = (world: World, call: AdminCall) => AdminAnswer | Promise<AdminAnswer>;

export async function serveAdmin(world: World, admin: AdminRequest): Promise<void> {
  const { request, response, url } = admin;
  const found = find(request.method ?? 'GET', url.pathname);
  if (found === undefined) {
    write(response, 404, { json: { problem: 'nothing is here', see: '/twin' } });
    return;
  }
  try {
    const body = parse(admin.body);
    write(
      response,
      200,
      await found.action(world, { query: url.searchParams, name: found.name, body }),
    );
  } catch (error) {
    if (!(error instanceof WishError)) throw error;
    write(response, 400, { json: { problem: error.message } });
  }
}

function find(method: string, path: string): { action: Action; name: string } | undefined {
  for (const [key, action] of Object.entries(actions)) {
    const [wanted, pattern = ''] = key.split(' ');
    if (wanted !== method) continue;
    const [before = '', after] = pattern.split('*');
    if (after === undefined) {
      if (path === pattern) return { action, name: '' };
      continue;
    }
    if (!path.startsWith(before) || !path.endsWith(after)) continue;
    const name = path.slice(before.length, path.length - after.length);
    if (name !== '' && !name.includes('/')) return { action, name: decodeURIComponent(name) };
  }
  return undefined;
}

function parse(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new WishError('the body is not JSON');
  }
  if (Array.isArray(value)) return { items: value };
  if (typeof value !== 'object' || value === null) throw new WishError('the body is not an object');
  return { ...value };
}

function write(response: ServerResponse, status: number, answer: AdminAnswer): void {
  const isText = 'text' in answer;
  const content = isText ? answer.text : `${JSON.stringify(answer.json, undefined, 1)}\n`;
  response.writeHead(status, {
    'content-type': isText ? answer.contentType : 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(content),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': contentPolicy,
  });
  response.end(content);
}

/** The page loads its own script and style from the twin and talks to nobody else. */
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
