import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { DownloadBody, DownloadList } from '../../../api/downloads/schema.ts';
import { download } from '../download.ts';
import { problemIn, request } from '../request.ts';

const everyMs = 1_500;

/** The files one had made; the list follows while one of them is being made. */
export function useDownloads() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['downloads'],
    queryFn: ({ signal }) => request<DownloadList>('/v1/downloads', { signal }),
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ status }) => status === 'running') === true ? everyMs : false,
  });
  const save = useMutation({
    mutationFn: ({ id, kind, format }: DownloadBody) =>
      download(`/v1/downloads/${id}/file`, `${kind}.${format}`, {}),
  });
  const remove = useMutation({
    mutationFn: ({ id }: DownloadBody) =>
      request<undefined>(`/v1/downloads/${id}`, { method: 'DELETE' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['downloads'] }),
  });
  const problemOf = (error: Error | null) => (error === null ? null : problemIn(error));
  const workedOn = ({ isPending, variables }: typeof save | typeof remove) =>
    isPending.value ? (variables.value?.id ?? null) : null;
  return {
    downloads: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: computed(() => (query.data.value === undefined ? problemOf(query.error.value) : null)),
    retry: () => void query.refetch(),
    save: (one: DownloadBody) => save.mutate(one),
    savingId: computed(() => workedOn(save)),
    remove: (one: DownloadBody) => remove.mutate(one),
    removingId: computed(() => workedOn(remove)),
    deedProblem: computed(() => problemOf(save.error.value ?? remove.error.value)),
  };
}
