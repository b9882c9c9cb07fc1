import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { TenantExportBody, TenantExportList } from '../../../api/exports/schema.ts';
import { download } from '../download.ts';
import { problemIn, request } from '../request.ts';

const everyMs = 1_500;

/** The archives of the business; the list follows while one is being made. */
export function useExports() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['exports'],
    queryFn: ({ signal }) => request<TenantExportList>('/v1/exports', { signal }),
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ status }) => status === 'running') === true ? everyMs : false,
  });
  const begin = useMutation({
    mutationFn: () => request<TenantExportBody>('/v1/exports', { method: 'POST' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['exports'] }),
  });
  const save = useMutation({
    mutationFn: ({ id }: TenantExportBody) =>
      download(`/v1/exports/${id}/archive`, 'daftari-export.zip', {}),
  });
  const problemOf = (error: Error | null) => (error === null ? null : problemIn(error));
  return {
    exports: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: computed(() => (query.data.value === undefined ? problemOf(query.error.value) : null)),
    retry: () => void query.refetch(),
    begin: () => begin.mutate(),
    isBeginning: begin.isPending,
    save: (one: TenantExportBody) => save.mutate(one),
    savingId: computed(() => (save.isPending.value ? (save.variables.value?.id ?? null) : null)),
    deedProblem: computed(() => problemOf(begin.error.value ?? save.error.value)),
  };
}
