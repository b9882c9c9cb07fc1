import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { z } from 'zod';
import type { Settings, settingsChange } from '../../../api/settings/schema.ts';
import { ifMatch, problemIn, request } from '../request.ts';

export type SettingsChange = z.input<typeof settingsChange>;
export type Plan = Settings['tenant']['plan'];

/** The business, its settings, limits and plan. */
export function useSettings() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => request<Settings>('/v1/settings', { signal }),
    // While data moves, the screen follows.
    refetchInterval: ({ state }) => (state.data?.move?.status === 'copying' ? 1_500 : false),
  });
  const reload = () => queries.invalidateQueries({ queryKey: ['settings'] });
  const save = useMutation({
    mutationFn: (json: SettingsChange) =>
      request<Settings>('/v1/settings', {
        ...{ method: 'POST', json },
        headers: ifMatch(query.data.value?.version),
      }),
    onError: reload,
    onSuccess: async (settings) => {
      queries.setQueryData(['settings'], settings);
      await queries.invalidateQueries({ queryKey: ['me'] });
    },
  });
  const plan = useMutation({
    mutationFn: (json: { plan: Plan }) => request('/v1/settings/plan', { method: 'POST', json }),
    onSettled: reload,
  });
  const decision = useMutation({
    mutationFn: (json: { decision: 'confirm' | 'roll-back' }) =>
      request('/v1/settings/plan/decision', { method: 'POST', json }),
    onSettled: reload,
  });
  const problemOf = (error: Error | null) => (error === null ? null : problemIn(error));
  return {
    settings: query.data,
    isLoading: query.isPending,
    problem: computed(() => (query.data.value === undefined ? problemOf(query.error.value) : null)),
    retry: () => void query.refetch(),
    save: save.mutateAsync,
    isSaving: save.isPending,
    saveProblem: computed(() => problemOf(save.error.value)),
    changePlan: plan.mutateAsync,
    decide: decision.mutateAsync,
    isPlanBusy: computed(() => plan.isPending.value || decision.isPending.value),
    planProblem: computed(() => problemOf(plan.error.value ?? decision.error.value)),
  };
}
