/**
 * The way of every call to Daraja: its turn, a token, the exchange, and a judgement of what came
 * back. A refused token is renewed once and the call, which was refused before processing, is made
 * once more; nothing else is ever repeated here.
 */
import { z } from 'zod';
import type { ShortcodeCredentials } from '../../db/shortcodes.ts';
import { darajaWords } from '../../domain/daraja/answer-phrases.ts';
import {
  classifyGatewayError,
  isConfigurationError,
  type GatewayError,
} from '../../domain/daraja/gateway-codes.ts';
import { rejected, type Answer } from './answer.ts';
import type { CallLimiter } from './limiter.ts';
import { parseJson, type Tokens } from './tokens.ts';
import type { Exchange, Transport } from './transport.ts';

export interface CallFacts {
  api: string;
  /** The kind of the answer, and its code or cause. */
  outcome: Answer<unknown>['kind'];
  code: string;
  tenantId: string;
  shortcodeId: string;
  seconds: number;
}

export interface CallDependencies {
  transport: Transport;
  tokens: Tokens;
  limiter: CallLimiter;
  /** The public certificate of this environment, as PEM. */
  certificate(): Promise<string>;
  nowMs(): number;
  observe(facts: CallFacts): void;
  turnWaitMs: number;
}

export interface Call<Value> {
  /** Short name for metrics: `stk-push`. */
  api: string;
  path: string;
  body: object;
  headers?: Record<string, string>;
  /** What an accepted answer looks like and means; undefined when it is not one. */
  read(body: unknown): Answer<Value> | undefined;
  /** For errors that are answers to this one API. */
  readError?(error: GatewayError): Answer<Value> | undefined;
}

/** Makes one call; answers always, throws only for bugs. */
export async function call<Value>(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  request: Call<Value>,
): Promise<Answer<Value>> {
  const startedMs = performance.now();
  const answer = await attempt(deps, cred, request);
  deps.observe({
    api: request.api,
    outcome: answer.kind,
    code: codeOf(answer),
    tenantId: cred.tenantId,
    shortcodeId: cred.shortcodeId,
    seconds: (performance.now() - startedMs) / 1000,
  });
  return answer;
}

function codeOf(answer: Answer<unknown>): string {
  if (answer.kind === 'accepted') return '0';
  return answer.kind === 'rejected' ? answer.code : answer.cause;
}

async function attempt<Value>(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  request: Call<Value>,
): Promise<Answer<Value>> {
  const turn = await deps.limiter.take(cred, deps.turnWaitMs);
  if (!turn.ok) {
    return { kind: 'not-sent', cause: 'rate-limited', retryAfterMs: turn.retryAfterMs };
  }
  for (let isSecond = false; ; isSecond = true) {
    const token = await deps.tokens.get(cred);
    if (!token.ok) return token.answer;
    const exchange = await deps.transport.send({
      method: 'POST',
      path: request.path,
      headers: {
        authorization: `Bearer ${token.token}`,
        'content-type': 'application/json',
        accept: 'application/json',
        ...request.headers,
      },
      body: JSON.stringify(request.body),
    });
    const judged = judge(exchange, request);
    if (judged !== 'token') return judged;
    await deps.tokens.drop(cred, token.token);
    if (isSecond) {
      return rejected('invalid-token', darajaWords('invalid-token'), {
        isConfiguration: true,
      });
    }
  }
}

const errorBody = z.object({
  errorCode: z.union([z.string(), z.number()]).transform(String),
  errorMessage: z.string().optional().default(''),
});

function judge<Value>(exchange: Exchange, request: Call<Value>): Answer<Value> | 'token' {
  if (exchange.kind === 'not-sent') return { kind: 'not-sent', cause: 'refused-connection' };
  if (exchange.kind === 'lost') {
    return { kind: 'unknown', cause: exchange.cause, detail: exchange.detail };
  }
  const { httpStatus, text } = exchange;
  const body = parseJson(text);
  const error = errorBody.safeParse(body);
  if (error.success) {
    const { errorCode: code, errorMessage: message } = error.data;
    return judgeError({ httpStatus, code, message }, request);
  }
  if (httpStatus >= 200 && httpStatus < 300) {
    return request.read(body) ?? { kind: 'unknown', cause: 'malformed', detail: firstOf(text) };
  }
  return judgeError({ httpStatus, code: `http-${httpStatus}`, message: firstOf(text) }, request);
}

function judgeError<Value>(error: GatewayError, request: Call<Value>): Answer<Value> | 'token' {
  const special = request.readError?.(error);
  if (special !== undefined) return special;
  const { code, message } = error;
  const isConfiguration = isConfigurationError(error);
  switch (classifyGatewayError(error)) {
    case 'token':
      return 'token';
    case 'refused':
    case 'registered':
      return rejected(code, message, { isConfiguration });
    case 'later':
      return rejected(code, message, { isRetryable: true });
    case 'duplicate':
      return { kind: 'unknown', cause: 'duplicate', detail: message };
    case 'pending':
    case 'unclear':
      return { kind: 'unknown', cause: 'server-error', detail: `${code} ${message}`.slice(0, 200) };
  }
}

/** The beginning of a body that is no answer of the API, for people who look for the reason. */
function firstOf(text: string): string {
  return text.slice(0, 120).replaceAll(/\s+/g, ' ');
}

/** A schema as a reader: an answer with another `ResponseCode` than success is a clear no. */
export function readBy<Schema extends z.ZodType, Value>(
  schema: Schema,
  toValue: (body: z.output<Schema>) => Value,
): (body: unknown) => Answer<Value> | undefined {
  return (body) => {
    const refusal = refusalSchema.safeParse(body);
    if (refusal.success && !['0', '00'].includes(refusal.data.ResponseCode)) {
      const { ResponseCode, ResponseDescription } = refusal.data;
      return rejected(ResponseCode, ResponseDescription);
    }
    const parsed = schema.safeParse(body);
    return parsed.success ? { kind: 'accepted', value: toValue(parsed.data) } : undefined;
  };
}

const refusalSchema = z.object({
  ResponseCode: z.union([z.string(), z.number()]).transform(String),
  ResponseDescription: z.string().optional().default(''),
});

/** A number or text as text: Daraja mixes both. */
export const looseText = z.union([z.string(), z.number()]).transform(String);
