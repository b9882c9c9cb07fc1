/** The keys of the business, and making, replacing and ending them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { ApiKeyList, CreatedApiKey } from '../../../api/keys/schema.ts';
import { problemIn, request } from '../request.ts';

export interface WantedKey {
  name: string;
  scopes: readonly string[];
  expiresInDays: number;
  addresses: readonly string[];
}

export function useApiKeys() {
  const queries = useQueryClient();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['api-keys'],
    queryFn: ({ signal }) => request<ApiKeyList>('/v1/api-keys', { signal }),
  });
  const onSettled = () => queries.invalidateQueries({ queryKey: ['api-keys'] });
  const creation = useMutation({
    mutationFn: (wanted: WantedKey) =>
      request<CreatedApiKey>('/v1/api-keys', { method: 'POST', json: wanted }),
    onSettled,
  });
  const rotation = useMutation({
    mutationFn: (id: string) =>
      request<CreatedApiKey>(`/v1/api-keys/${id}/rotate`, { method: 'POST', json: {} }),
    onSettled,
  });
  const revocation = useMutation({
    mutationFn: (id: string) => request<undefined>(`/v1/api-keys/${id}`, { method: 'DELETE' }),
    onSettled,
  });
  const problemOf = (fault: Error | null) => (fault === null ? null : problemIn(fault));
  return {
    keys: computed(() => data.value?.data ?? []),
    grantable: computed(() => data.value?.grantable ?? []),
    isLoading: isPending,
    problem: computed(() => problemOf(error.value)),
    reload: () => void refetch(),
    create: (wanted: WantedKey) => creation.mutateAsync(wanted).catch(() => undefined),
    rotate: (id: string) => rotation.mutateAsync(id).catch(() => undefined),
    /** Whether it was ended. */
    revoke: (id: string) =>
      revocation.mutateAsync(id).then(
        () => true,
        () => false,
      ),
    isBusy: computed(() =>
      [creation, rotation, revocation].some(({ isPending: isUnderWay }) => isUnderWay.value),
    ),
    deedProblem: computed(() =>
      problemOf(creation.error.value ?? rotation.error.value ?? revocation.error.value),
    ),
  };
}
