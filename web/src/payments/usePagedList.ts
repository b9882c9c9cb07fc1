import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { firstProblem } from '../first-problem.ts';
import { request, type QueryValue } from '../request.ts';

/** Rows of a list behind its filters, page by page; `key` is what changes are announced under. */
export function usePagedList<Row>(
  key: readonly string[],
  path: Ref<string>,
  options: {
    query: Ref<Readonly<Record<string, QueryValue>>>;
    limit?: number;
    /** How soon what was read is read again. */
    refetchMs?: (rows: readonly Row[]) => number | false;
  },
) {
  const { query: filters, limit = 50, refetchMs } = options;
  const query = useInfiniteQuery({
    queryKey: [...key, path, filters],
    queryFn: ({ pageParam, signal }) =>
      request<{ data: Row[]; nextCursor: string | null }>(path.value, {
        query: { ...filters.value, cursor: pageParam, limit },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      refetchMs?.(state.data?.pages.flatMap((page) => page.data) ?? []) ?? false,
    shallow: true,
  });
  return {
    rows: computed((): Row[] => query.data.value?.pages.flatMap((page) => page.data) ?? []),
    isLoading: query.isPending,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    problem: firstProblem(query),
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}

export type PagedList = ReturnType<typeof usePagedList<unknown>>;
