import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue';
import type { SearchAnswer } from '../../../api/search/schema.ts';
import { problemIn, request } from '../request.ts';

const settleMs = 200;
const shortestTerm = 2;
const longestTerm = 120;

/** What everything there is answers to what was typed, once typing has paused. */
export function useSearch(term: Ref<string>) {
  const settled = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(term, (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (settled.value = text.trim().slice(0, longestTerm)), settleMs);
  });
  onScopeDispose(() => clearTimeout(timer));

  const isLongEnough = computed(() => settled.value.length >= shortestTerm);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['search', settled],
    queryFn: ({ signal }) =>
      request<SearchAnswer>('/v1/search', { query: { q: settled.value }, signal }),
    enabled: isLongEnough,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
  return {
    groups: computed(() => (isLongEnough.value ? (data.value?.data ?? []) : [])),
    isSearching: computed(
      () => (isFetching.value || term.value.trim() !== settled.value) && term.value.trim() !== '',
    ),
    problem: computed(() =>
      isLongEnough.value && error.value !== null ? problemIn(error.value) : null,
    ),
    retry: () => void refetch(),
  };
}
