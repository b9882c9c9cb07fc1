/**
 * One thing done to money. The Idempotency-Key belongs to what is asked: it stays while the same is
 * tried again after a lost answer, and is new once the server has said yes or no.
 */
import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { problemIn, request } from '../request.ts';
import { AttemptKeys, type Wish } from './attempt-keys.ts';

export function useDeed<Answer>(stale: readonly string[]) {
  const queries = useQueryClient();
  const keys = new AttemptKeys();
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: async (wish: Wish) => {
      try {
        const answer = await request<Answer>(wish.path, {
          method: 'POST',
          json: wish.json,
          headers: { 'Idempotency-Key': keys.keyFor(wish) },
          timeoutMs: 40_000,
        });
        keys.settle(null);
        return answer;
      } catch (fault) {
        keys.settle(problemIn(fault));
        throw fault;
      }
    },
    onSettled: () =>
      Promise.all(stale.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
  return {
    /** Resolves to undefined when it was refused; `problem` says why. */
    perform: (path: string, json: object = {}): Promise<Answer | undefined> =>
      isPending.value
        ? Promise.resolve(undefined)
        : mutateAsync({ path, json }).catch(() => undefined),
    isBusy: isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
    forget: reset,
  };
}
