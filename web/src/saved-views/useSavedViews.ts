import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { SavedView, SavedViewList, ViewContent } from '../../../api/saved-views/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { ifMatch, problemIn, request } from '../request.ts';

type Deed =
  | { kind: 'keep'; name: string; isDefault: boolean; isShared: boolean; view: ViewContent }
  | { kind: 'change'; id: string; version: string; name?: string; isDefault?: boolean }
  | { kind: 'remove'; id: string };

/** The views of the person signed in and of the business, and changing them. */
export function useSavedViews() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['saved-views'],
    queryFn: ({ signal }) => request<SavedViewList>('/v1/saved-views', { signal }),
    staleTime: 60_000,
  });
  const deed = useMutation({
    mutationFn: (asked: Deed) => perform(asked),
    onSettled: () => queries.invalidateQueries({ queryKey: ['saved-views'] }),
  });

  /** Whether it was done; what stood in the way is in `deedProblem`. */
  async function act(asked: Deed): Promise<boolean> {
    return deed.mutateAsync(asked).then(
      () => true,
      () => false,
    );
  }

  return {
    views: computed<readonly SavedView[]>(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    act,
    isBusy: deed.isPending,
    deedProblem: computed(() => (deed.error.value === null ? null : problemIn(deed.error.value))),
    forget: deed.reset,
  };
}

function perform(asked: Deed): Promise<unknown> {
  if (asked.kind === 'keep') {
    const { kind: _kind, ...json } = asked;
    return request('/v1/saved-views', { method: 'POST', json });
  }
  if (asked.kind === 'remove') return request(`/v1/saved-views/${asked.id}`, { method: 'DELETE' });
  const { kind: _kind, id, version, ...json } = asked;
  return request(`/v1/saved-views/${id}`, { method: 'POST', json, headers: ifMatch(version) });
}
