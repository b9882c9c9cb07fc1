import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Flag, FlagList } from '../../../api/flags/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { ifMatch, problemIn, request } from '../request.ts';

interface Choice {
  /** Null: as for everybody. */
  isOn: boolean | null;
}

/** What is switched on for the business. */
export function useFlags() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['flags'],
    queryFn: ({ signal }) => request<FlagList>('/v1/flags', { signal }),
  });
  const choice = useMutation({
    mutationFn: ({ key, version, isOn }: Pick<Flag, 'key' | 'version'> & Choice) =>
      request<FlagList>(`/v1/flags/${key}`, {
        ...{ method: 'POST', json: { isOn }, headers: ifMatch(version) },
      }),
    onSuccess: (flags) => queries.setQueryData(['flags'], flags),
    onError: () => queries.invalidateQueries({ queryKey: ['flags'] }),
  });
  return {
    flags: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    choose: ({ key, version }: Flag, isOn: Choice['isOn']) => choice.mutate({ key, version, isOn }),
    isBusy: choice.isPending,
    chooseProblem: computed(() =>
      choice.error.value === null ? null : problemIn(choice.error.value),
    ),
  };
}
