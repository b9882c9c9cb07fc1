import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type {
  FlagChangeList,
  FlagDefinitionBody,
  FlagDefinitionList,
} from '../../../api/flags/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { problemIn, request } from '../request.ts';

/** A flag as it is filled in. */
export type FlagDraft = Omit<FlagDefinitionBody, 'version'>;

export const plans = ['starter', 'pro', 'enterprise'] as const;

/** All flags of the house, and rolling one out. */
export function useHouseFlags() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['house-flags'],
    queryFn: ({ signal }) => request<FlagDefinitionList>('/v1/platform/flags', { signal }),
  });
  const definition = useMutation({
    mutationFn: ({ key, ...json }: FlagDraft) =>
      request<FlagDefinitionList>(`/v1/platform/flags/${key}`, { method: 'POST', json }),
    onSuccess: (all) => {
      queries.setQueryData(['house-flags'], all);
      return queries.invalidateQueries({ queryKey: ['flag-changes'] });
    },
  });
  return {
    flags: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    define: (draft: FlagDraft) =>
      definition.mutateAsync(draft).then(
        () => true,
        () => false,
      ),
    isBusy: definition.isPending,
    defineProblem: computed(() =>
      definition.error.value === null ? null : problemIn(definition.error.value),
    ),
    forget: definition.reset,
  };
}

/** What a flag was made; nothing is asked while no flag is chosen. */
export function useFlagChanges(key: Ref<string | null>) {
  const query = useQuery({
    queryKey: ['flag-changes', key],
    queryFn: ({ signal }) =>
      request<FlagChangeList>(`/v1/platform/flags/${key.value ?? ''}/changes`, { signal }),
    enabled: () => key.value !== null,
  });
  return computed(() => query.data.value?.data ?? []);
}
