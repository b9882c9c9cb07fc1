/**
 * The refresh token travels in a cookie that scripts cannot read and other sites cannot send. Over
 * https it is bound to this host by its name; over plain http, which only development uses, the
 * prefix is not possible, and the port in the name keeps two installations apart.
 */
import type { Request, Response } from 'express';
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Config } from '../../config.ts';
import { problem, type Problem } from '../problems.ts';

export interface RefreshTokens {
  /** A fresh token: 256 random bits. */
  create(): string;
  /**
   * The one token that follows a token. It is derived with a key of ours, so that requests in
   * parallel get the same one without any token being kept in clear.
   */
  successorOf(token: string): string;
}

export function refreshTokens(kek: Uint8Array): RefreshTokens {
  const key = Buffer.from(hkdfSync('sha256', kek, 'daftari', 'refresh token successor', 32));
  return {
    create: () => randomBytes(32).toString('base64url'),
    successorOf: (token) => createHmac('sha256', key).update(token).digest('base64url'),
  };
}

/** Tokens are kept as SHA-256: they are random, so nothing slower is needed. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

const tokenPattern = /^[\w-]{43}$/;

function cookieName(publicUrl: string): string {
  const { protocol, port } = new URL(publicUrl);
  return protocol === 'https:' ? '__Host-daftari-refresh' : `daftari-refresh-${port || '80'}`;
}

/** The refresh token of a request; undefined when there is none, or several. */
export function refreshTokenOf(request: Request, publicUrl: string): string | undefined {
  const name = cookieName(publicUrl);
  const values = (request.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .filter(([key]) => key === name)
    .map(([, value = '']) => value);
  const [token] = values;
  return values.length === 1 && token !== undefined && tokenPattern.test(token) ? token : undefined;
}

/** Puts the token into the answer; without one the cookie is removed. */
export function setRefreshCookie(
  response: Response,
  publicUrl: string,
  cookie?: { token: string; maxAgeSeconds: number },
): void {
  response.cookie(cookieName(publicUrl), cookie?.token ?? '', {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: publicUrl.startsWith('https:'),
    maxAge: (cookie?.maxAgeSeconds ?? 0) * 1000,
    encode: String,
  });
}

/**
 * Requests that act by cookie must say who sends them in a header no form can set, and must come
 * from our own pages. Outside production every page of this machine counts as ours.
 */
export function refuseForeignOrigin(
  request: Request,
  config: Pick<Config, 'publicUrl' | 'profile'>,
): Problem | undefined {
  const isOurs = isOwnOrigin(request.get('origin') ?? '', config);
  return request.get('x-requested-by') === 'daftari' && isOurs
    ? undefined
    : problem('origin-refused');
}

function isOwnOrigin(origin: string, config: Pick<Config, 'publicUrl' | 'profile'>): boolean {
  if (origin === new URL(config.publicUrl).origin) return true;
  return (
    config.profile !== 'production' && /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/.test(origin)
  );
}
