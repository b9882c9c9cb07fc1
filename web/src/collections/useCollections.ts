import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { Collection, CollectionSummary } from '../../../api/collections/schema.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { problemIn, request } from '../request.ts';
import { sumsOf } from './collection-sums.ts';

export const filterNames = ['q', 'status', 'shortcodeId', 'from', 'to', 'disputed'] as const;
export type CollectionFilters = Record<(typeof filterNames)[number], string>;

/** Requests for money, newest first, with the count and sums of all that the filters select. */
export function useCollections(filters: Ref<CollectionFilters>) {
  const list = usePagedList<Collection>(
    ['collections', 'list'],
    computed(() => '/v1/collections'),
    { query: filters },
  );
  const summary = useQuery({
    queryKey: ['collections', 'summary', filters],
    queryFn: ({ signal }) =>
      request<CollectionSummary>('/v1/collections/summary', { query: filters.value, signal }),
  });
  const sums = computed(() => {
    const told = summary.data.value;
    return told === undefined ? null : { count: told.count, ...sumsOf(told) };
  });
  return { ...list, sums };
}

/** Customers that were saved, to fill a form with. */
export function useSavedCustomers(isAllowed: Ref<boolean>) {
  const query = useQuery({
    queryKey: ['customers', 'list'],
    queryFn: ({ signal }) =>
      request<{ data: { id: string; reference: string; name: string; msisdn: string | null }[] }>(
        '/v1/customers',
        { query: { limit: 100 }, signal },
      ),
    enabled: isAllowed,
  });
  return {
    customers: computed(() => query.data.value?.data ?? []),
    problem: computed(() => (query.error.value === null ? null : problemIn(query.error.value))),
  };
}
