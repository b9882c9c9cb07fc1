import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { BusinessLists, FlagTrial } from '../../../api/flags/schema.ts';
import { ifMatch, problemIn, request } from '../request.ts';

/** Who is to stand on a list; of one that is not there yet there is no version. */
interface ListWish {
  name: string;
  tenants: readonly string[];
  version: number | undefined;
}

/** Named lists of businesses, and saying who stands on one. */
export function useBusinessLists() {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['business-lists'],
    queryFn: ({ signal }) => request<BusinessLists>('/v1/platform/business-lists', { signal }),
  });
  const writing = useMutation({
    mutationFn: ({ name, tenants, version }: ListWish) =>
      request<BusinessLists>(`/v1/platform/business-lists/${name}`, {
        ...{ method: 'POST', json: { tenants }, headers: ifMatch(version) },
      }),
    onError: () => queries.invalidateQueries({ queryKey: ['business-lists'] }),
    onSuccess: (all) => queries.setQueryData(['business-lists'], all),
  });
  return {
    lists: computed(() => query.data.value?.data ?? []),
    write: (wish: ListWish) =>
      writing.mutateAsync(wish).then(
        () => true,
        () => false,
      ),
    isBusy: writing.isPending,
    problem: computed(() => (writing.error.value === null ? null : problemIn(writing.error.value))),
    forget: writing.reset,
  };
}

/** What a business would see; asked for on demand. */
export function useFlagTrial() {
  const asking = useMutation({
    mutationFn: (tenantId: string) => request<FlagTrial>(`/v1/platform/tenants/${tenantId}/flags`),
  });
  return {
    trial: asking.data,
    ask: (tenantId: string) => asking.mutate(tenantId),
    isAsking: asking.isPending,
    problem: computed(() => (asking.error.value === null ? null : problemIn(asking.error.value))),
  };
}
