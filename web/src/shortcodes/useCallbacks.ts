import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { CallbackPage } from '../../../api/callbacks/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { problemIn, request } from '../request.ts';

/** Callbacks that were set aside, newest first, and deciding about them. */
export function useCallbacks() {
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ['callbacks', 'quarantined'],
    queryFn: ({ pageParam, signal }) =>
      request<CallbackPage>('/v1/callbacks', {
        query: { status: 'quarantined', cursor: pageParam, limit: 20 },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const { mutateAsync, isPending, error } = useMutation({
    mutationFn: ({ id, ...json }: Decision) =>
      request<unknown>(`/v1/callbacks/${id}/decision`, { method: 'POST', json }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['callbacks'] }),
  });
  return {
    callbacks: computed(() => query.data.value?.pages.flatMap((page) => page.data) ?? []),
    isLoading: query.isPending,
    hasMore: query.hasNextPage,
    loadMore: () => void query.fetchNextPage(),
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    decide: (decision: Decision) =>
      mutateAsync(decision).then(
        () => true,
        () => false,
      ),
    isDeciding: isPending,
    refusal: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}

export interface Decision {
  id: string;
  resolution: 'retry' | 'discard';
  reason: string;
}
