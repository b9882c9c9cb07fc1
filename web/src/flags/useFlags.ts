import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { FlagList } from '../../../api/flags/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { problemIn, request } from '../request.ts';

/** What is switched on for the business. */
export function useFlags() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['flags'],
    queryFn: ({ signal }) => request<FlagList>('/v1/flags', { signal }),
  });
  const choice = useMutation({
    mutationFn: ({ key, isOn }: { key: string; isOn: boolean | null }) =>
      request<FlagList>(`/v1/flags/${key}`, { method: 'POST', json: { isOn } }),
    onSuccess: (flags) => queries.setQueryData(['flags'], flags),
  });
  return {
    flags: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    choose: (key: string, isOn: boolean | null) => choice.mutate({ key, isOn }),
    isBusy: choice.isPending,
    chooseProblem: computed(() =>
      choice.error.value === null ? null : problemIn(choice.error.value),
    ),
  };
}
