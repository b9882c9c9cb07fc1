/** The refresh token, which travels in a cookie of our own and nowhere else. */
import type { Request, Response } from 'express';
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Config } from '../../config.ts';
import { problem, type Problem } from '../problems.ts';
import { ownCookie } from './own-cookie.ts';

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

const cookie = ownCookie('refresh');

/** The refresh token of a request; undefined when there is none, or several. */
export function refreshTokenOf(request: Request, publicUrl: string): string | undefined {
  return cookie.read(request, publicUrl);
}

/** Puts the token into the answer; without one the cookie is removed. */
export function setRefreshCookie(
  response: Response,
  publicUrl: string,
  kept?: { token: string; maxAgeSeconds: number },
): void {
  const { token: value, maxAgeSeconds } = kept ?? { token: '', maxAgeSeconds: 0 };
  cookie.set(response, publicUrl, { value, maxAgeSeconds });
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
