import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { TenantImportBody, TenantImportList } from '../../../api/imports/schema.ts';
import { problemIn, request } from '../request.ts';

const everyMs = 1_500;

/** Archives brought into the business; the list follows while one is being read. */
export function useImports() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['imports'],
    queryFn: ({ signal }) => request<TenantImportList>('/v1/imports', { signal }),
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ status }) => status === 'running') === true ? everyMs : false,
  });
  const send = useMutation({
    mutationFn: (archive: File) =>
      request<TenantImportBody>('/v1/imports', {
        ...{ method: 'POST', timeoutMs: 0 },
        body: archive.slice(0, archive.size, 'application/zip'),
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['imports'] }),
  });
  const problemOf = (error: Error | null) => (error === null ? null : problemIn(error));
  return {
    imports: computed(() => query.data.value?.data ?? []),
    isEmpty: computed(() => query.data.value?.isEmpty ?? false),
    problem: computed(() => (query.data.value === undefined ? problemOf(query.error.value) : null)),
    send: (archive: File) => send.mutate(archive),
    isSending: send.isPending,
    deedProblem: computed(() => problemOf(send.error.value)),
  };
}
