import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { BalanceMonitor } from '../../../api/ledger/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { request } from '../request.ts';

/** Every line that is watched, and how one is removed. */
export function useMonitors() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['ledger', 'monitors'],
    queryFn: ({ signal }) => request<{ data: BalanceMonitor[] }>('/v1/ledger/monitors', { signal }),
  });
  const removal = useMutation({
    mutationFn: (id: string) => request(`/v1/ledger/monitors/${id}`, { method: 'DELETE' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['ledger', 'monitors'] }),
  });
  return {
    monitors: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    /** Whether it was removed. */
    remove: (id: string) =>
      removal.mutateAsync(id).then(
        () => true,
        () => false,
      ),
    isRemoving: removal.isPending,
  };
}
