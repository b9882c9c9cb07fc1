import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type {
  FlagChangeList,
  FlagDefinitionBody,
  FlagDefinitionList,
} from '../../../api/flags/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { ifMatch, problemIn, request } from '../request.ts';

/** A flag as it is filled in. */
export type FlagDraft = Omit<FlagDefinitionBody, 'version'>;

export const plans = ['starter', 'pro', 'enterprise'] as const;

/** The flags of the house in a phase, or those that are stale; and rolling one out. */
export function useHouseFlags(only: Readonly<Ref<string>>) {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['house-flags', only],
    queryFn: ({ signal }) =>
      request<FlagDefinitionList>('/v1/platform/flags', { signal, query: queryOf(only.value) }),
  });
  const definition = useMutation({
    mutationFn: ({ draft: { key, ...json }, version }: { draft: FlagDraft; version?: number }) =>
      request<FlagDefinitionList>(`/v1/platform/flags/${key}`, {
        ...{ method: 'POST', json, headers: ifMatch(version) },
      }),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['house-flags'] }),
        queries.invalidateQueries({ queryKey: ['flag-changes'] }),
      ]),
  });
  return {
    flags: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    define: (draft: FlagDraft, version: number | undefined) =>
      definition.mutateAsync({ draft, ...(version === undefined ? {} : { version }) }).then(
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

function queryOf(only: string): Record<string, string> {
  if (only === '') return {};
  return only === 'stale' ? { stale: 'true' } : { phase: only };
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
