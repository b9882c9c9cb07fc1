/**
 * The only way the dashboard talks to the API. Failures always arrive as `RequestFailure` carrying
 * the problem document, or one of our own for a network that did not answer. A 401 in the middle of
 * work waits for the person to sign in again and is then repeated once, so nothing typed is lost.
 */
export interface Problem {
  code: string;
  status: number;
  title: string;
  detail: string;
  /** The same in Swahili, where the server says it in both. */
  detailSw: string | null;
  requestId: string | null;
  errors: readonly { pointer?: string; detail?: string }[];
}

export class RequestFailure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail || problem.title}`);
    this.name = 'RequestFailure';
    this.problem = problem;
  }
}

export type QueryValue = string | number | boolean | undefined;

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Readonly<Record<string, QueryValue>>;
  json?: unknown;
  /** A file as it is; its type goes with it. */
  body?: Blob;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  /** Sign-in itself sends no token and takes a 401 as its answer. */
  isAnonymous?: boolean;
}

interface Credentials {
  token: () => string | null;
  /** Resolves true once the person signed in again; false when they gave up. */
  renew: () => Promise<boolean>;
}

let credentials: Credentials = { token: () => null, renew: () => Promise.resolve(false) };

/** Tells this file where the access token lives; called once by the session. */
export function setCredentials(source: Credentials): void {
  credentials = source;
}

let stepUp: () => Promise<boolean> = () => Promise.resolve(false);

/** Tells this file how a fresh second factor is asked for. */
export function setStepUp(ask: () => Promise<boolean>): void {
  stepUp = ask;
}

/** `path` plus the query without its empty values: `amountCents[gte]` stays readable on the server. */
export function urlOf(path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Headers of a change that counts for this version only; of none, for whatever there is. */
export function ifMatch(version: string | number | undefined): Record<string, string> {
  return version === undefined ? {} : { 'If-Match': `W/"${version}"` };
}

/** Sends a request and reads its JSON. Throws `RequestFailure`; an abort by `signal` throws as is. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await open(path, {
    ...options,
    headers: { Accept: 'application/json', ...options.headers },
  });
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** Sends a request and hands back the open response, for event streams and downloads. */
export async function open(path: string, options: RequestOptions = {}): Promise<Response> {
  const response = await send(path, options);
  if (response.ok) return response;
  const failure = await failureOf(response);
  if (options.isAnonymous === true || !(await isCured(failure.problem))) throw failure;
  const again = await send(path, options);
  if (!again.ok) throw await failureOf(again);
  return again;
}

/** Lets the person do what the refusal asks for; true when the request is worth repeating. */
function isCured({ code, status }: Problem): Promise<boolean> {
  if (code === 'unauthenticated' || code === 'http-401') return credentials.renew();
  const isStale = code === 'step-up-required' || code === 'fresh-mfa-needed';
  if (isStale && status === 403) return stepUp();
  return Promise.resolve(false);
}

/** Headers that prove who asks; empty before sign-in. */
export function authorization(): Record<string, string> {
  const token = credentials.token();
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

/** Waits for a new sign-in after a 401 seen outside this file (uploads). */
export function renewCredentials(): Promise<boolean> {
  return credentials.renew();
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const { method = 'GET', query, json, body, headers, signal, timeoutMs = 20_000 } = options;
  const timeout = timeoutMs > 0 ? [AbortSignal.timeout(timeoutMs)] : [];
  const signals = signal === undefined ? timeout : [signal, ...timeout];
  try {
    return await fetch(urlOf(path, query), {
      method,
      headers: {
        ...(options.isAnonymous === true ? {} : authorization()),
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any(signals),
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch (fault) {
    if (signal?.aborted === true) throw fault;
    const isTimeout = fault instanceof DOMException && fault.name === 'TimeoutError';
    throw new RequestFailure(localProblem(isTimeout ? 'timeout' : 'network'));
  }
}

/** A problem of our own making; without a status, one that no server said. */
export function localProblem(code: string, status = 0): Problem {
  return { code, status, title: code, detail: '', detailSw: null, requestId: null, errors: [] };
}

async function failureOf(response: Response): Promise<RequestFailure> {
  const text = await response.text().catch(() => '');
  return new RequestFailure(problemOf(response.status, text, response.headers.get('X-Request-Id')));
}

/** Reads a problem document; a body that is none still gives its status and request id. */
export function problemOf(status: number, text: string, requestId: string | null): Problem {
  const body = parseObject(text);
  const word = (name: string): string => {
    const value = body[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    code: word('code') || `http-${status}`,
    status,
    title: word('title') || `HTTP ${status}`,
    detail: word('detail'),
    detailSw: word('detailSw') || null,
    requestId: word('requestId') || requestId,
    errors: Array.isArray(body['errors']) ? body['errors'] : [],
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The problem inside anything that was thrown; undefined for an aborted request. */
export function problemIn(fault: unknown): Problem {
  if (fault instanceof RequestFailure) return fault.problem;
  const detail = fault instanceof Error ? fault.message : String(fault);
  return {
    code: 'unexpected',
    status: 0,
    title: 'unexpected',
    detail,
    detailSw: null,
    requestId: null,
    errors: [],
  };
}
