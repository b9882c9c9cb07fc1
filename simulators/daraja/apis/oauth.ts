/** Access tokens: short, several at once, for an hour. */
import { effectOf } from '../faults/effects.ts';
import type { TokenSpelling } from '../faults/effects.ts';
import { ok, refusal } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import { randomWord } from '../random.ts';
import type { Random } from '../../statements/random.ts';
import type { Api } from '../terms.ts';
import type { World } from '../world.ts';

const tokenLength = 28;
/** Beyond this many, expired tokens are forgotten. */
const manyTokens = 5_000;

export function generateToken(world: World, call: Call): Answer {
  const authorization = call.headers['authorization'] ?? '';
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization.trim())?.[1];
  if (encoded === undefined) {
    return refusal(call.random, {
      status: 400,
      code: '400.008.01',
      message: 'Invalid Authentication passed',
    });
  }
  if (call.query.get('grant_type') !== 'client_credentials') {
    return refusal(call.random, {
      status: 400,
      code: '400.008.02',
      message: 'Invalid grant type passed',
    });
  }
  const [key = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s);
  if (!isKnown(world, key, secret)) return { status: 400, body: '', contentType: 'text/plain' };
  return ok({ access_token: issue(world, call, key), expires_in: '3599' });
}

function isKnown({ book }: World, key: string, secret: string): boolean {
  const organisations = [...book.organisations.values()];
  return organisations.some((one) => one.consumerKey === key && one.consumerSecret === secret);
}

function issue(world: World, call: Call, consumerKey: string): string {
  const token = randomWord(call.random, tokenLength);
  const lifetime = effectOf(call.effects, 'short-token')?.ms ?? world.settings.tokenLifetimeMs;
  if (world.tokens.size >= manyTokens) forgetExpired(world);
  world.tokens.set(token, { consumerKey, expiresAtMs: world.clock.nowMs() + lifetime });
  return token;
}

function forgetExpired(world: World): void {
  const now = world.clock.nowMs();
  for (const [token, { expiresAtMs }] of world.tokens) {
    if (expiresAtMs <= now || world.tokens.size > manyTokens) world.tokens.delete(token);
  }
}

/** Which of the spellings an API uses for a token that is not valid. */
const spellings: Readonly<Partial<Record<Api, TokenSpelling>>> = {
  b2c: '400.003.01',
  b2pochi: '400.003.01',
  'transaction-status': '401.002.01',
  'account-balance': '401.002.01',
  'c2b-register': '401.003.01',
  b2b: '401.003.01',
  pull: '401.001',
  'pull-register': '401.001',
};

export function invalidToken(random: Random, api: Api, spelling?: TokenSpelling): Answer {
  const code = spelling ?? spellings[api] ?? '404.001.03';
  const message =
    code === '401.001' ? 'Invalid Access Token - Unauthorized' : 'Invalid Access Token';
  return refusal(random, { status: Number(code.slice(0, 3)), code, message });
}

/** The app whose token a call carries, or the answer to a call without a valid one. */
export function authenticate(
  world: World,
  call: Call,
): { consumerKey: string } | { refused: Answer } {
  const header = call.headers['authorization'] ?? '';
  const value = /^Bearer\s+(\S+)$/i.exec(header.trim())?.[1];
  if (value === undefined) {
    const message = 'Invalid Authentication Header';
    return { refused: refusal(call.random, { status: 404, code: '404.001.04', message }) };
  }
  const token = world.tokens.get(value);
  if (token === undefined || token.expiresAtMs <= world.clock.nowMs()) {
    return { refused: invalidToken(call.random, call.api) };
  }
  if (!mayUse(world, token.consumerKey, call.api)) {
    return { refused: noProduct(call.random) };
  }
  return { consumerKey: token.consumerKey };
}

export function noProduct(random: Random): Answer {
  return refusal(random, {
    status: 401,
    code: '401.003.01',
    message: 'Error Occurred: Invalid API call as no apiproduct match found',
  });
}

function mayUse({ book }: World, consumerKey: string, api: Api): boolean {
  const mine = [...book.organisations.values()].filter((one) => one.consumerKey === consumerKey);
  return mine.some(({ products }) => products === undefined || products.includes(api));
}
