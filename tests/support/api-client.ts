/** A small client of the public API for journeys; it knows nothing but HTTP. */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './until.ts';

export interface StatementView {
  id: string;
  status: string;
  stage: string;
  verdict: string | null;
  problem: string | null;
  rowCount: number;
  newRowCount: number;
  rejectCount: number;
  workflowId: string;
  operationId: string;
  totals: { inCents: number; outCents: number } | null;
  openingCents: number | null;
  closingCents: number | null;
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface ApiClient {
  accessToken: string;
  get<Body>(path: string): Promise<Answer<Body>>;
  post<Body>(path: string, body: unknown, more?: Record<string, string>): Promise<Answer<Body>>;
  upload(file: UploadFile): Promise<Answer<{ statement: StatementView; duplicate?: boolean }>>;
  /** Waits until the statement rests: posted, refused, undone, abandoned or waiting for a person. */
  settled(statementId: string, withinMs?: number): Promise<StatementView>;
}

export interface UploadFile {
  bytes: Uint8Array;
  fileName: string;
  password?: string;
}

const moving = new Set(['processing', 'undoing']);

/** Signs in and returns a client that carries the access token. */
export async function signIn(
  url: string,
  login: { email: string; password: string },
): Promise<ApiClient> {
  let session = await openSession(url, login);
  // A busy gateway asks to come back: hashing a password is the first thing it puts off.
  for (let tries = 1; session.status === 503 && tries < 20; tries += 1) {
    await delay(1_000);
    session = await openSession(url, login);
  }
  if (session.status !== 201) throw new Error(`sign-in answered ${session.status}`);
  const headers = { authorization: `Bearer ${session.body.accessToken}` };
  const get = <Body>(path: string) => call<Body>(`${url}${path}`, { headers });
  return {
    accessToken: session.body.accessToken,
    get,
    post: (path, body, more = {}) =>
      call(`${url}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', ...more },
        body: JSON.stringify(body),
      }),
    upload: (file) => call(`${url}/v1/statements`, { method: 'POST', headers, body: formOf(file) }),
    async settled(statementId, withinMs = 60_000) {
      let view: StatementView | undefined;
      await until(
        async () => {
          const answer = await get<StatementView>(`/v1/statements/${statementId}`);
          view = answer.body;
          return answer.status === 200 && !moving.has(view.status);
        },
        { withinMs, everyMs: 100 },
      );
      if (view === undefined) throw new Error('no statement');
      return view;
    },
  };
}

function openSession(
  url: string,
  login: { email: string; password: string },
): Promise<Answer<{ accessToken: string }>> {
  return call(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(login),
  });
}

function formOf({ bytes, fileName, password }: UploadFile): FormData {
  const form = new FormData();
  if (password !== undefined) form.set('password', password);
  form.set('file', new Blob([Uint8Array.from(bytes)]), fileName);
  return form;
}

async function call<Body>(url: string, init: RequestInit): Promise<Answer<Body>> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : text) as Body,
  };
}
