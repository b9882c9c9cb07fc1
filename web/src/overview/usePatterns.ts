import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { Patterns } from '../../../api/analytics/schema.ts';
import { patternDaysMax } from '../../../domain/statements/patterns.ts';
import { daysBetween } from '../../../domain/time.ts';
import { firstProblem } from '../first-problem.ts';
import { request } from '../request.ts';
import type { Period } from './periods.ts';

/** Busy hours and partners of a period; nothing is asked for a period that is too long. */
export function usePatterns(period: Ref<Period>, accountId: Ref<string | undefined>) {
  const isTooLong = computed(
    () => daysBetween(period.value.from, period.value.to) >= patternDaysMax,
  );
  const query = useQuery({
    queryKey: ['overview', 'patterns', period, accountId],
    queryFn: ({ signal }) =>
      request<Patterns>('/v1/overview/patterns', {
        query: { ...period.value, accountId: accountId.value },
        signal,
      }),
    enabled: () => !isTooLong.value,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return {
    patterns: query.data,
    isTooLong,
    isLoading: computed(() => query.isPending.value && !isTooLong.value),
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}
