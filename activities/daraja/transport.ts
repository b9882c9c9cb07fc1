/**
 * One HTTP exchange with Daraja over a pool of connections. Its whole point is to know whether a
 * request left: undici says so right before it writes the first byte, and what fails before that
 * moment was not sent, whatever the error is called.
 */
import { Pool, type Dispatcher } from 'undici';
import { darajaWords } from '../../domain/daraja/answer-phrases.ts';

export type Exchange =
  | { kind: 'answered'; httpStatus: number; text: string }
  | { kind: 'not-sent'; detail: string }
  | { kind: 'lost'; cause: 'timeout' | 'connection-lost' | 'malformed'; detail: string };

export interface DarajaRequest {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface Transport {
  send(request: DarajaRequest): Promise<Exchange>;
  close(): Promise<void>;
}

/** Answers are small; QR codes are the largest. */
const answerBytesMax = 1024 * 1024;
const connectTimeoutMs = 5_000;

export function openTransport(options: { baseUrl: string; timeoutMs: number }): Transport {
  const { origin, pathname } = new URL(options.baseUrl);
  const prefix = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, {
    connections: 32,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: Math.min(connectTimeoutMs, options.timeoutMs) },
    // Shorter than what servers keep, so that few requests meet a connection that just closed.
    keepAliveTimeout: 4_000,
  });
  return {
    send: (request) =>
      exchange(pool, { ...request, path: `${prefix}${request.path}` }, options.timeoutMs),
    close: () => pool.destroy(),
  };
}

function exchange(pool: Pool, request: DarajaRequest, timeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    const collector = collect(timeoutMs, resolve);
    const { method, path, headers, body = null } = request;
    try {
      pool.dispatch({ method, path, headers, body, idempotent: false }, collector);
    } catch (error) {
      resolve({ kind: 'not-sent', detail: wordsOf(error) });
    }
  });
}

/** Gathers one answer; whatever comes first, the end, an error or the deadline, settles it. */
function collect(
  timeoutMs: number,
  settle: (exchange: Exchange) => void,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  let controller: Dispatcher.DispatchController | undefined;
  let isSettled = false;
  let size = 0;
  let httpStatus = 0;
  const end = (exchange: Exchange) => {
    clearTimeout(timer);
    if (!isSettled) settle(exchange);
    isSettled = true;
  };
  const failedWith = (cause: 'timeout' | 'connection-lost' | 'malformed', detail: string) =>
    end(controller === undefined ? { kind: 'not-sent', detail } : { kind: 'lost', cause, detail });
  const timer = setTimeout(() => {
    failedWith('timeout', darajaWords('no-answer', { milliseconds: timeoutMs }));
    controller?.abort(new Error('deadline'));
  }, timeoutMs);
  return {
    onRequestStart(started) {
      // Its deadline passed while it waited for a connection: nobody waits for it any more.
      if (isSettled) started.abort(new Error('deadline'));
      else controller = started;
    },
    onResponseStart: (_controller, statusCode) => void (httpStatus = statusCode),
    onResponseData(_controller, chunk) {
      size += chunk.length;
      if (size <= answerBytesMax) chunks.push(chunk);
      else failedWith('malformed', darajaWords('too-long', { bytes: answerBytesMax }));
    },
    onResponseEnd: () =>
      end({ kind: 'answered', httpStatus, text: Buffer.concat(chunks).toString('utf8') }),
    onResponseError: (_controller, error) => failedWith('connection-lost', wordsOf(error)),
  };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return darajaWords('lost');
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return `${code}: ${error.message}`.slice(0, 200);
}
