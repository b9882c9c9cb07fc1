import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { ClosingState } from '../../../api/closings/schema.ts';
import { problemIn, request } from '../request.ts';

/** Whether the business closes, and the deeds of its owner. */
export function useClosing() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['closing'],
    queryFn: ({ signal }) => request<ClosingState>('/v1/closing', { signal }),
  });
  const reload = () => queries.invalidateQueries({ queryKey: ['closing'] });
  const asking = useMutation({
    mutationFn: (json: { name: string; reason: string }) =>
      request<ClosingState>('/v1/closing', { method: 'POST', json }),
    onSettled: reload,
  });
  const withdrawing = useMutation({
    mutationFn: () => request('/v1/closing/withdraw', { method: 'POST' }),
    onSettled: reload,
  });
  const problemOf = (error: Error | null) => (error === null ? null : problemIn(error));
  return {
    closing: computed(() => query.data.value?.closing ?? null),
    ask: asking.mutateAsync,
    withdraw: () => withdrawing.mutate(),
    isBusy: computed(() => asking.isPending.value || withdrawing.isPending.value),
    deedProblem: computed(() => problemOf(asking.error.value ?? withdrawing.error.value)),
  };
}
