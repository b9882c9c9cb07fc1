import { useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type {
  LinkedPayments,
  TransactionDetail,
  TransactionHistory,
  TransactionPage,
  TransactionSummary,
} from '../../../api/transactions/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { request } from '../request.ts';
import { parseFilters, parseSort, toQuery, type Filters, type Sort } from './filters.ts';

const pageLimit = 200;

/** Filters, order and the open row, all kept in the address bar. */
export function useTransactionFilters() {
  const route = useRoute();
  const router = useRouter();
  const filters = computed<Filters>(() => parseFilters(route.query));
  const sort = computed<Sort>(() => parseSort(route.query['sort']));
  const openRow = computed(() => {
    const value = route.query['row'];
    return typeof value === 'string' && /^txn_[0-9a-f]{32}$/.test(value) ? value : null;
  });

  function setFilters(next: Filters, nextSort: Sort = sort.value): void {
    void router.replace({ query: toQuery(next, nextSort) });
  }

  /** Opening a row adds a step to the history, so that Back closes it. */
  function showRow(id: string | null): void {
    const query = { ...toQuery(filters.value, sort.value), ...(id === null ? {} : { row: id }) };
    if (openRow.value === null) void router.push({ query });
    else void router.replace({ query });
  }

  return { filters, sort, openRow, setFilters, showRow };
}

/** The rows behind the filters, page by page, with the count and sums of all of them. */
export function useTransactions(filters: Ref<Filters>, sort: Ref<Sort>) {
  const query = useInfiniteQuery({
    queryKey: ['transactions', 'list', filters, sort],
    queryFn: ({ pageParam, signal }) =>
      request<TransactionPage>('/v1/transactions', {
        query: { ...filters.value, sort: sort.value, cursor: pageParam, limit: pageLimit },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // A hundred thousand rows must not become a hundred thousand reactive objects.
    shallow: true,
  });
  const summary = useQuery({
    queryKey: ['transactions', 'summary', filters],
    queryFn: ({ signal }) =>
      request<TransactionSummary>('/v1/transactions/summary', { query: filters.value, signal }),
  });
  return {
    rows: computed(() => query.data.value?.pages.flatMap((page) => page.data) ?? []),
    summary: summary.data,
    isLoading: query.isPending,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    hasMoreFailed: query.isFetchNextPageError,
    problem: firstProblem(query),
    loadMore: () => {
      if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage();
    },
    retry: () => void query.refetch(),
  };
}

/** One row in full; the list's row is shown meanwhile. */
export function useTransaction(transactionId: Ref<string | null>) {
  const query = useQuery({
    queryKey: ['transactions', 'one', transactionId],
    queryFn: ({ signal }) =>
      request<TransactionDetail>(`/v1/transactions/${transactionId.value}`, { signal }),
    enabled: () => transactionId.value !== null,
  });
  return {
    transaction: query.data,
    isLoading: query.isFetching,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** What happened to a row, newest first. */
export function useRowHistory(transactionId: Ref<string>) {
  const query = useQuery({
    queryKey: ['transactions', 'history', transactionId],
    queryFn: ({ signal }) =>
      request<TransactionHistory>(`/v1/transactions/${transactionId.value}/history`, { signal }),
    staleTime: 0,
  });
  return {
    events: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** The payments a row proves; most rows prove none. */
export function useRowPayments(transactionId: Ref<string>) {
  const query = useQuery({
    queryKey: ['transactions', 'payments', transactionId],
    queryFn: ({ signal }) =>
      request<LinkedPayments>(`/v1/transactions/${transactionId.value}/payments`, { signal }),
  });
  return {
    payments: computed(() => query.data.value?.data ?? []),
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}
