import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue';
import type { TransactionPage } from '../../../api/transactions/schema.ts';
import { request } from '../request.ts';

const settleMs = 250;
const shortestTerm = 3;

/** Transactions whose receipt or text answers to what was typed, once typing has paused. */
export function useReceiptSearch(term: Ref<string>) {
  const settled = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(term, (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (settled.value = text.trim()), settleMs);
  });
  onScopeDispose(() => clearTimeout(timer));

  const isLongEnough = computed(() => settled.value.length >= shortestTerm);
  const { data, isFetching } = useQuery({
    queryKey: ['transactions', 'search', settled],
    queryFn: ({ signal }) =>
      request<TransactionPage>('/v1/transactions', {
        query: { q: settled.value, limit: 8 },
        signal,
      }),
    enabled: isLongEnough,
    placeholderData: keepPreviousData,
  });
  return {
    found: computed(() => (isLongEnough.value ? (data.value?.data ?? []) : [])),
    isSearching: computed(() => isFetching.value && isLongEnough.value),
  };
}
