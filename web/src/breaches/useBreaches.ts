import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { BreachBody, BreachList } from '../../../api/breaches/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { useDeed } from '../payments/useDeed.ts';
import { request } from '../request.ts';

/** Breaches the business was told of. */
export function useBreaches() {
  const query = useQuery({
    queryKey: ['breaches'],
    queryFn: ({ signal }) => request<BreachList>('/v1/breaches', { signal }),
  });
  return {
    breaches: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** A word of the business on one of them; what waited for it in the bell is over then. */
export function useBreachDeed() {
  return useDeed<BreachBody>(['breaches', 'notices', 'unread']);
}
