/**
 * A cookie that only says "the same browser as before". Whoever is led back from another service
 * must be in the browser that left for it: otherwise a stranger's link signs people into the
 * stranger's account.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { ownCookie } from './own-cookie.ts';

const lifetimeSeconds = 10 * 60;
const cookie = ownCookie('leaving');

/** Marks the browser, keeping the mark it has, and answers the hash to know it again by. */
export function bindBrowser(request: Request, response: Response, publicUrl: string): string {
  const value = cookie.read(request, publicUrl) ?? randomBytes(32).toString('base64url');
  cookie.set(response, publicUrl, { value, maxAgeSeconds: lifetimeSeconds });
  return hashOf(value).toString('base64url');
}

/** Whether this is the browser that was marked. */
export function isSameBrowser(request: Request, publicUrl: string, hash: string): boolean {
  const value = cookie.read(request, publicUrl);
  const expected = Buffer.from(hash, 'base64url');
  if (value === undefined || expected.length !== 32) return false;
  return timingSafeEqual(hashOf(value), expected);
}

function hashOf(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
