import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { FlagRequestBody, FlagRequestList } from '../../../api/flags/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { useDeed } from '../payments/useDeed.ts';
import { request } from '../request.ts';
import type { FlagDraft } from './useHouseFlags.ts';

/** Changes of flags that wait for a second operator, and asking for one. */
export function useFlagRequests() {
  const query = useQuery({
    queryKey: ['flag-requests'],
    queryFn: ({ signal }) => request<FlagRequestList>('/v1/platform/flag-requests', { signal }),
  });
  const asking = useDeed<FlagRequestBody>(['flag-requests']);
  return {
    requests: computed(() => query.data.value?.data ?? []),
    /** Unknown counts as needed: then nothing is sent that would be refused. */
    isNeededIn: (environment: FlagDraft['environment']) =>
      query.data.value?.neededIn.includes(environment) ?? true,
    isLoading: query.isPending,
    listProblem: firstProblem(query),
    retry: () => void query.refetch(),
    ask: ({ environment, ...flag }: FlagDraft, reason: string) =>
      asking.perform('/v1/platform/flag-requests', { environment, reason, flags: [flag] }),
    isAsking: asking.isBusy,
    askProblem: asking.problem,
    forgetAsking: asking.forget,
  };
}

/** Deciding about one; what flags are is read again afterwards. */
export function useFlagDecision() {
  const queries = useQueryClient();
  const { perform, isBusy, problem, forget } = useDeed<FlagRequestBody>(['flag-requests']);
  const decide = async (requestId: string, json: object) => {
    const done = await perform(`/v1/platform/flag-requests/${requestId}/decision`, json);
    await queries.invalidateQueries({ queryKey: ['house-flags'] });
    await queries.invalidateQueries({ queryKey: ['flag-changes'] });
    return done !== undefined;
  };
  return { decide, isBusy, problem, forget };
}
