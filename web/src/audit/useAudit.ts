import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { AuditPage, AuditVerdict } from '../../../api/audit/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { problemIn, request } from '../request.ts';

export interface AuditFilters {
  action: string;
  objectKind: string;
  from: string;
  to: string;
}

/** The filters, kept in the address bar. */
export function useAuditFilters() {
  const route = useRoute();
  const router = useRouter();
  const text = (name: string): string => {
    const value = route.query[name];
    return typeof value === 'string' ? value : '';
  };
  const filters = computed<AuditFilters>(() => ({
    action: text('action'),
    objectKind: text('objectKind'),
    from: text('from'),
    to: text('to'),
  }));
  function setFilters(change: Partial<AuditFilters>): void {
    const merged = Object.entries({ ...filters.value, ...change });
    void router.replace({ query: Object.fromEntries(merged.filter(([, value]) => value !== '')) });
  }
  return { filters, setFilters };
}

/** Records, newest first, page by page, and the check of the chain. */
export function useAudit(filters: Ref<AuditFilters>) {
  const query = useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam, signal }) =>
      request<AuditPage>('/v1/audit', {
        query: { ...filters.value, cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const check = useMutation({
    mutationFn: () => request<AuditVerdict>('/v1/audit/verdict', { timeoutMs: 120_000 }),
  });
  return {
    records: computed(() => query.data.value?.pages.flatMap((page) => page.data) ?? []),
    isLoading: query.isPending,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    problem: firstProblem(query),
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
    check: () => check.mutate(),
    isChecking: check.isPending,
    verdict: check.data,
    checkProblem: computed(() =>
      check.error.value === null ? null : problemIn(check.error.value),
    ),
  };
}
