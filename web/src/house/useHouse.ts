import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { HouseTenantBody } from '../../../api/tenants/schema.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { problemIn, request } from '../request.ts';

export interface HouseDeed {
  tenant: HouseTenantBody;
  deed: 'suspend' | 'resume' | 'approve' | 'decline';
  /** For the log of the business. */
  reason: string;
}

const sent = ({ tenant, deed, reason }: HouseDeed) => {
  const path = `/v1/platform/tenants/${tenant.id}`;
  switch (deed) {
    case 'suspend':
      return request(`${path}/suspend`, { method: 'POST', json: { reason } });
    case 'resume':
      return request(`${path}/resume`, { method: 'POST' });
    case 'approve':
    case 'decline':
      return request(`${path}/closing`, { method: 'POST', json: { decision: deed, note: reason } });
  }
};

/** All businesses of the house, and what its operators do to them. */
export function useHouse(filters: Readonly<Ref<Record<string, string>>>) {
  const queries = useQueryClient();
  const list = usePagedList<HouseTenantBody>(
    ['house'],
    computed(() => '/v1/platform/tenants'),
    { query: filters },
  );
  const deed = useMutation({
    mutationFn: sent,
    onSettled: () => queries.invalidateQueries({ queryKey: ['house'] }),
  });
  return {
    ...list,
    act: deed.mutateAsync,
    isBusy: deed.isPending,
    deedProblem: computed(() => (deed.error.value === null ? null : problemIn(deed.error.value))),
  };
}
