/**
 * A cookie that only says "the same browser as before". Whoever is led back from another service
 * must be in the browser that left for it: otherwise a stranger's link signs people into the
 * stranger's account.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';

const lifetimeSeconds = 10 * 60;
const valuePattern = /^[\w-]{43}$/;

function nameOf(publicUrl: string): string {
  const { protocol, port } = new URL(publicUrl);
  return protocol === 'https:' ? '__Host-daftari-leaving' : `daftari-leaving-${port || '80'}`;
}

function valueIn(request: Request, publicUrl: string): string | undefined {
  const name = nameOf(publicUrl);
  const values = (request.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .filter(([key]) => key === name)
    .map(([, value = '']) => value);
  const [value] = values;
  return values.length === 1 && value !== undefined && valuePattern.test(value) ? value : undefined;
}

/** Marks the browser, keeping the mark it has, and answers the hash to know it again by. */
export function bindBrowser(request: Request, response: Response, publicUrl: string): string {
  const value = valueIn(request, publicUrl) ?? randomBytes(32).toString('base64url');
  response.cookie(nameOf(publicUrl), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: publicUrl.startsWith('https:'),
    maxAge: lifetimeSeconds * 1000,
    encode: String,
  });
  return hashOf(value).toString('base64url');
}

/** Whether this is the browser that was marked. */
export function isSameBrowser(request: Request, publicUrl: string, hash: string): boolean {
  const value = valueIn(request, publicUrl);
  const expected = Buffer.from(hash, 'base64url');
  if (value === undefined || expected.length !== 32) return false;
  return timingSafeEqual(hashOf(value), expected);
}

function hashOf(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
