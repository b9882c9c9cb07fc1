/**
 * One OAuth token per consumer key, however many calls want one at the same moment: kept in memory,
 * shared through the store, fetched by one caller while the others wait.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ShortcodeCredentials } from '../../db/shortcodes.ts';
import { darajaWords } from '../../domain/daraja/answer-phrases.ts';
import { tenantKey } from '../../domain/redis-keys.ts';
import { rejected, type Unanswered } from './answer.ts';
import type { DarajaToken, TokenStore } from './token-store.ts';
import type { Transport } from './transport.ts';

export type TokenOutcome = { ok: true; token: string } | { ok: false; answer: Unanswered };

export interface Tokens {
  get(cred: ShortcodeCredentials): Promise<TokenOutcome>;
  /** The token was refused: the next `get` brings another one. */
  drop(cred: ShortcodeCredentials, token: string): Promise<void>;
}

type Dependencies = { transport: Transport; store: TokenStore; nowMs: () => number };

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  // Text in live answers, a number in one page of the documentation.
  expires_in: z.union([z.string().regex(/^\d{1,6}$/), z.int().nonnegative()]),
});

/** Refreshed after 55 of its 60 minutes; of a token that lives shorter, after nine tenths. */
const marginMsMax = 5 * 60_000;
const rememberedMax = 5_000;
const fetchingMs = 10_000;
const othersPollMs = 50;
const othersWaitMs = 3_000;

export function openTokens(deps: Dependencies): Tokens {
  const remembered = new Map<string, DarajaToken>();
  const fetching = new Map<string, Promise<TokenOutcome>>();

  function remember(key: string, token: DarajaToken): TokenOutcome {
    const oldest = remembered.keys().next();
    if (remembered.size >= rememberedMax && oldest.done !== true) remembered.delete(oldest.value);
    remembered.set(key, token);
    return { ok: true, token: token.token };
  }

  async function obtain(key: string, cred: ShortcodeCredentials): Promise<TokenOutcome> {
    const shared = await sharedToken(deps, key);
    if (shared !== undefined) return remember(key, shared);
    const outcome = await fetchToken(deps, cred);
    if (!outcome.ok) return outcome;
    await quietly(deps.store.write(key, outcome.token, deps.nowMs()));
    return remember(key, outcome.token);
  }

  return {
    get(cred) {
      const key = tokenKey(cred);
      const known = remembered.get(key);
      if (known !== undefined && known.usableUntilMs > deps.nowMs()) {
        return Promise.resolve({ ok: true, token: known.token });
      }
      const underWay = fetching.get(key);
      if (underWay !== undefined) return underWay;
      const begun = obtain(key, cred).finally(() => fetching.delete(key));
      fetching.set(key, begun);
      return begun;
    },
    async drop(cred, token) {
      const key = tokenKey(cred);
      if (remembered.get(key)?.token === token) remembered.delete(key);
      await quietly(deps.store.drop(key, token));
    },
  };
}

/** By key and secret, so that rotated credentials never meet the token of the old ones. */
function tokenKey({ tenantId, consumerKey, consumerSecret }: ShortcodeCredentials): string {
  const mark = createHash('sha256').update(`${consumerKey}\n${consumerSecret}`).digest('hex');
  return tenantKey(tenantId, 'daraja', 'token', mark.slice(0, 32));
}

/** A token another worker has, or fetches right now; undefined when it is ours to fetch. */
async function sharedToken(
  { store, nowMs }: Dependencies,
  key: string,
): Promise<DarajaToken | undefined> {
  const deadline = performance.now() + othersWaitMs;
  for (;;) {
    const shared = await quietly(store.read(key));
    if (shared !== undefined && shared.usableUntilMs > nowMs()) return shared;
    const isOurs = await quietly(store.claim(key, fetchingMs));
    if (isOurs !== false || performance.now() > deadline) return undefined;
    await delay(othersPollMs);
  }
}

type Fetched = { ok: true; token: DarajaToken } | { ok: false; answer: Unanswered };

async function fetchToken(
  { transport, nowMs }: Dependencies,
  { consumerKey, consumerSecret }: ShortcodeCredentials,
): Promise<Fetched> {
  const basic = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64');
  const exchange = await transport.send({
    method: 'GET',
    path: '/oauth/v1/generate?grant_type=client_credentials',
    headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
  });
  if (exchange.kind !== 'answered') return unavailable();
  const { httpStatus, text } = exchange;
  // Wrong keys are answered with 400 or 401, often with an empty body.
  if (httpStatus === 400 || httpStatus === 401) {
    const answer = rejected('wrong-keys', darajaWords('wrong-keys'), { isConfiguration: true });
    return { ok: false, answer };
  }
  const parsed = tokenAnswer.safeParse(parseJson(text));
  if (httpStatus !== 200 || !parsed.success) return unavailable();
  const lifetimeMs = Number(parsed.data.expires_in) * 1_000;
  const usableMs = lifetimeMs - Math.min(marginMsMax, lifetimeMs / 10);
  return {
    ok: true,
    token: { token: parsed.data.access_token, usableUntilMs: nowMs() + usableMs },
  };
}

function unavailable(): Fetched {
  return {
    ok: false,
    answer: { kind: 'not-sent', cause: 'token-unavailable', retryAfterMs: 2_000 },
  };
}

/** JSON, or undefined: HTML from the edge is nothing to fall over. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The store is a convenience: without it every worker fetches its own token. */
async function quietly<Value>(work: Promise<Value>): Promise<Value | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}
