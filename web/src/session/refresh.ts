/** The session in the cookie, as the dashboard uses it: refreshing it, leaving it. */
import type { Session } from '../../../api/auth/schema.ts';
import { request } from '../request.ts';

const storageKey = 'daftari.signed-in';
/** Where the search keeps what was opened lately. */
export const recentKey = 'daftari.recent';
const byCookie = {
  method: 'POST',
  isAnonymous: true,
  headers: { 'X-Requested-By': 'daftari' },
} as const;

/** A fresh access token; null when there is no session any more, or no answer. */
export async function refreshSession(): Promise<Session | null> {
  try {
    return await request<Session>('/v1/sessions/refresh', byCookie);
  } catch {
    return null;
  }
}

/** Ends the session on the server; without an answer it ends by itself later. */
export async function leaveSession(): Promise<void> {
  await request<undefined>('/v1/sessions/logout', byCookie).catch(() => {});
}

/** Whether anybody signed in on this device: saves strangers a question that has no answer. */
export function hasSignedInHere(): boolean {
  try {
    return localStorage.getItem(storageKey) !== null;
  } catch {
    return true;
  }
}

/** What was opened lately goes with whoever leaves. */
export function rememberHere(isSignedIn: boolean): void {
  try {
    if (isSignedIn) localStorage.setItem(storageKey, '1');
    else for (const key of [storageKey, recentKey]) localStorage.removeItem(key);
  } catch {
    // A private window may refuse storage; the question is then asked every time.
  }
}
