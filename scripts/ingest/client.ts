/** A small client of the public API: JSON, uploads, pages and events, signed in as one person. */
import type { z } from 'zod';
import { session } from '../../api/auth/schema.ts';
import { serverEvents, type ServerEvent } from '../../sdk/server-events.ts';

export type Login = { token: string } | { email: string; password: string };

/** The API said no; `code` is the stable name of the problem. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export interface Client {
  get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>>;
  post<Schema extends z.ZodType>(
    path: string,
    body: object | FormData,
    schema: Schema,
    idempotencyKey?: string,
  ): Promise<z.output<Schema>>;
  /** Events after `lastId` until the server ends the stream. */
  events(path: string, lastId: number): AsyncGenerator<ServerEvent>;
}

/** Signs in; throws `Refused`, or the error of an address nobody answers at. */
export async function openClient(url: string, login: Login): Promise<Client> {
  let token = await tokenOf(url, login);
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const attempt = () => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(`${url}${path}`, { ...init, headers });
    };
    const first = await attempt();
    // A token lives ten minutes; a long wait outlives it.
    if (first.status !== 401 || 'token' in login) return first;
    token = await tokenOf(url, login);
    return attempt();
  };
  return {
    get: async (path, schema) => schema.parse(await accepted(await send(path, {}))),
    post: async (path, body, schema, idempotencyKey) => {
      const init = body instanceof FormData ? { body } : jsonBody(body);
      const headers = new Headers('headers' in init ? init.headers : {});
      if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
      const answer = await send(path, { method: 'POST', body: init.body, headers });
      return schema.parse(await accepted(answer));
    },
    events: (path, lastId) =>
      readEvents(() => send(path, { headers: { 'last-event-id': String(lastId) } })),
  };
}

async function tokenOf(url: string, login: Login): Promise<string> {
  if ('token' in login) return login.token;
  const response = await fetch(`${url}/v1/sessions`, { method: 'POST', ...jsonBody(login) });
  return session.parse(await accepted(response)).accessToken;
}

function jsonBody(body: object) {
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

async function accepted(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  if (response.ok) return body;
  const { code, detail } = Object(body);
  throw new Refused(response.status, String(code ?? 'unknown'), String(detail ?? response.status));
}

async function* readEvents(open: () => Promise<Response>): AsyncGenerator<ServerEvent> {
  const response = await open();
  if (!response.ok || response.body === null) {
    await accepted(response);
    return;
  }
  yield* serverEvents(response.body);
}
