/** Asks for a fresh second factor in the middle of work; whoever waits is told how it went. */
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { setStepUp } from '../request.ts';

export const useStepUp = defineStore('stepUp', () => {
  const waiters = ref<((isFresh: boolean) => void)[]>([]);
  const isOpen = computed(() => waiters.value.length > 0);

  function ask(): Promise<boolean> {
    return new Promise((resolve) => waiters.value.push(resolve));
  }

  function settle(isFresh: boolean): void {
    const settled = waiters.value;
    waiters.value = [];
    for (const resolve of settled) resolve(isFresh);
  }

  setStepUp(ask);
  return { isOpen, settle };
});
