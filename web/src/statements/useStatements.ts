import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { StatementPage } from '../../../api/statements/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { request } from '../request.ts';

const pageLimit = 25;

export interface StatementFilters {
  status: string;
  verdict: string;
  q: string;
}

/** The list's filters, kept in the address bar. */
export function useStatementFilters() {
  const route = useRoute();
  const router = useRouter();
  const text = (name: string): string => {
    const value = route.query[name];
    return typeof value === 'string' ? value : '';
  };
  const filters = computed<StatementFilters>(() => ({
    status: text('status'),
    verdict: text('verdict'),
    q: text('q'),
  }));
  const isFiltered = computed(() => Object.values(filters.value).some((value) => value !== ''));

  function setFilters(change: Partial<StatementFilters>): void {
    const merged = Object.entries({ ...filters.value, ...change });
    void router.replace({ query: Object.fromEntries(merged.filter(([, value]) => value !== '')) });
  }
  return { filters, isFiltered, setFilters };
}

/** Statements, newest first, page by page. */
export function useStatements(filters: Ref<StatementFilters>) {
  const query = useInfiniteQuery({
    queryKey: ['statements', 'list', filters],
    queryFn: ({ pageParam, signal }) =>
      request<StatementPage>('/v1/statements', {
        query: { ...filters.value, cursor: pageParam, limit: pageLimit, sort: '-createdAt' },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  return {
    statements: computed(() => query.data.value?.pages.flatMap((page) => page.data) ?? []),
    isLoading: query.isPending,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    problem: firstProblem(query),
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
