/**
 * Who is signed in. The access token lives in this store's memory only; a reload gets a fresh one
 * for the session in the cookie. When the session itself ends in the middle of work, requests wait
 * for `renew` to be answered by the dialog.
 */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Permission } from '../../../api/auth/permissions.ts';
import type { Me, Session } from '../../../api/auth/schema.ts';
import { setCredentials } from '../request.ts';
import { hasSignedInHere, leaveSession, refreshSession, rememberHere } from './refresh.ts';

const warnBeforeMs = 120_000;
/** A fresh token is asked for a minute before the old one ends, while somebody is at work. */
const refreshBeforeMs = 60_000;
const activeWithinMs = 10 * 60_000;
const longestTimerMs = 2_000_000_000;

export const useSession = defineStore('session', () => {
  const current = shallowRef<Session | null>(null);
  const permissions = shallowRef<readonly Permission[] | null>(null);
  const isExpired = ref(false);
  const isEnding = ref(false);
  let timers: ReturnType<typeof setTimeout>[] = [];
  let waiters: ((isRenewed: boolean) => void)[] = [];
  let refreshing: Promise<boolean> | null = null;
  let isRestored = false;
  let lastActiveMs = Date.now();
  for (const sign of ['pointerdown', 'keydown', 'visibilitychange']) {
    document.addEventListener(sign, () => (lastActiveMs = Date.now()), { passive: true });
  }

  const isSignedIn = computed(() => current.value !== null);
  const user = computed(() => current.value?.user ?? null);
  const tenant = computed(() => current.value?.tenant ?? null);

  /** Keeps a fresh session and lets every waiting request go on. */
  function begin(session: Session): void {
    current.value = session;
    isExpired.value = false;
    isEnding.value = false;
    rememberHere(true);
    schedule(session);
    settle(true);
  }

  function schedule(session: Session): void {
    timers.forEach(clearTimeout);
    const endMs = session.sessionEndsInSeconds * 1000;
    const after = (ms: number, work: () => void) =>
      setTimeout(work, Math.min(Math.max(ms, 0), longestTimerMs));
    timers = [
      after(session.expiresInSeconds * 1000 - refreshBeforeMs, refreshAtWork),
      after(endMs - warnBeforeMs, () => (isEnding.value = true)),
      after(endMs, expire),
    ];
  }

  /** Nobody there: the token may end, and the next request gets a fresh one. */
  function refreshAtWork(): void {
    if (Date.now() - lastActiveMs < activeWithinMs) void refresh();
  }

  /** Asks for a fresh token with the cookie; one question at a time, whoever asks. */
  function refresh(): Promise<boolean> {
    refreshing ??= refreshSession()
      .then((session) => {
        if (session === null || (current.value !== null && isOther(session))) return false;
        begin(session);
        return true;
      })
      .finally(() => (refreshing = null));
    return refreshing;
  }

  /** Another tab may have signed in as somebody else: this one must not change under one's hands. */
  function isOther({ user, tenant }: Session): boolean {
    return current.value?.user.id !== user.id || current.value.tenant.id !== tenant.id;
  }

  /** After a reload: goes on with the session of the cookie, if there is one. */
  async function restore(): Promise<void> {
    if (isRestored || current.value !== null) return;
    isRestored = true;
    if (hasSignedInHere() && !(await refresh())) rememberHere(false);
  }

  function expire(): void {
    if (current.value !== null) isExpired.value = true;
  }

  /** Forgets everything; whoever waited for a new sign-in is told no. */
  function end(): void {
    timers.forEach(clearTimeout);
    current.value = null;
    permissions.value = null;
    isExpired.value = false;
    isEnding.value = false;
    settle(false);
  }

  function settle(isRenewed: boolean): void {
    const settled = waiters;
    waiters = [];
    settled.forEach((resolve) => resolve(isRenewed));
  }

  async function renew(): Promise<boolean> {
    if (current.value === null) return false;
    if (!isExpired.value && (await refresh())) return true;
    expire();
    return new Promise((resolve) => waiters.push(resolve));
  }

  /** Leaves for good: the server ends the session, this device forgets it. */
  async function leave(): Promise<void> {
    end();
    rememberHere(false);
    await leaveSession();
  }

  function learn(me: Me): void {
    permissions.value = me.permissions;
  }

  /** Whether to offer a deed; until the permissions are known the server is left to decide. */
  function can(permission: Permission): boolean {
    return permissions.value === null || permissions.value.includes(permission);
  }

  setCredentials({ token: () => current.value?.accessToken ?? null, renew });

  return {
    ...{ current, user, tenant, isSignedIn, isExpired, isEnding },
    ...{ begin, end, leave, expire, restore, refresh, learn, can },
  };
});
