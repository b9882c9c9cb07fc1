/**
 * One thing done to money. The Idempotency-Key belongs to what is asked: it stays while the same is
 * tried again after a lost answer, and is new once the server has said yes or no.
 */
import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { ifMatch, problemIn, request } from '../request.ts';
import { AttemptKeys, type Wish } from './attempt-keys.ts';

export function useDeed<Answer>(stale: readonly string[]) {
  const queries = useQueryClient();
  const keys = new AttemptKeys();
  const { mutateAsync, isPending, error, reset } = useMutation({
    mutationFn: async ({ version, ...wish }: Wish & { version: string | number | undefined }) => {
      try {
        const answer = await request<Answer>(wish.path, {
          method: 'POST',
          json: wish.json,
          headers: { 'Idempotency-Key': keys.keyFor(wish), ...ifMatch(version) },
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
    /**
     * Resolves to undefined when it was refused; `problem` says why. With a version it counts only
     * while that is still the current one.
     */
    perform: (
      path: string,
      json: object = {},
      version?: string | number,
    ): Promise<Answer | undefined> =>
      isPending.value
        ? Promise.resolve(undefined)
        : mutateAsync({ path, json, version }).catch(() => undefined),
    isBusy: isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
    forget: reset,
  };
}
