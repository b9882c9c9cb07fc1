/**
 * Who is signed in. The access token lives in this store's memory only: a reload asks for sign-in
 * again. When it ends in the middle of work, requests wait for `renew` to be answered by the dialog.
 */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Permission } from '../../../api/auth/permissions.ts';
import type { Me, Session } from '../../../api/auth/schema.ts';
import { setCredentials } from '../request.ts';

const warnBeforeMs = 120_000;

export const useSession = defineStore('session', () => {
  const current = shallowRef<Session | null>(null);
  const permissions = shallowRef<readonly Permission[] | null>(null);
  const isExpired = ref(false);
  const isEnding = ref(false);
  let timers: ReturnType<typeof setTimeout>[] = [];
  let waiters: ((isRenewed: boolean) => void)[] = [];

  const isSignedIn = computed(() => current.value !== null);
  const user = computed(() => current.value?.user ?? null);
  const tenant = computed(() => current.value?.tenant ?? null);

  /** Keeps a fresh session and lets every waiting request go on. */
  function begin(session: Session): void {
    current.value = session;
    isExpired.value = false;
    isEnding.value = false;
    schedule(session.expiresInSeconds * 1000);
    settle(true);
  }

  function schedule(remainingMs: number): void {
    timers.forEach(clearTimeout);
    const longestTimerMs = 2_000_000_000;
    timers = [
      setTimeout(
        () => (isEnding.value = true),
        Math.min(remainingMs - warnBeforeMs, longestTimerMs),
      ),
      setTimeout(expire, Math.min(remainingMs, longestTimerMs)),
    ];
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

  function renew(): Promise<boolean> {
    if (current.value === null) return Promise.resolve(false);
    expire();
    return new Promise((resolve) => waiters.push(resolve));
  }

  function learn(me: Me): void {
    permissions.value = me.permissions;
  }

  /** Whether to offer a deed; until the permissions are known the server is left to decide. */
  function can(permission: Permission): boolean {
    return permissions.value === null || permissions.value.includes(permission);
  }

  setCredentials({ token: () => current.value?.accessToken ?? null, renew });

  return { current, user, tenant, isSignedIn, isExpired, isEnding, begin, end, expire, learn, can };
});
