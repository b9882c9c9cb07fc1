import { onScopeDispose, ref } from 'vue';

/** The time of this device in epoch milliseconds, once a second. */
export function useNow() {
  const nowMs = ref(Date.now());
  const timer = setInterval(() => (nowMs.value = Date.now()), 1000);
  onScopeDispose(() => clearInterval(timer));
  return nowMs;
}
