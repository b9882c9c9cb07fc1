import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { useRouter } from 'vue-router';
import type { Session } from '../../../api/auth/schema.ts';
import type { Membership, MembershipList } from '../../../api/tenants/schema.ts';
import { problemIn, request } from '../request.ts';
import { useSession } from '../session/useSession.ts';

/** The businesses of the signed-in person, and going from one to the other. */
export function useTenants() {
  const queries = useQueryClient();
  const session = useSession();
  const router = useRouter();
  const query = useQuery({
    queryKey: ['tenants'],
    queryFn: ({ signal }) => request<MembershipList>('/v1/tenants', { signal }),
    staleTime: 5 * 60_000,
  });

  /** Nothing of the business that is left may stay on the screen or in memory. */
  async function enter(tenant: Membership): Promise<void> {
    const entered = await request<Session>(`/v1/tenants/${tenant.id}/session`, { method: 'POST' });
    session.begin(entered);
    queries.clear();
    await router.push({ name: 'overview' });
  }
  const switching = useMutation({ mutationFn: enter });
  return {
    tenants: computed(() => query.data.value?.data ?? []),
    enter: (tenant: Membership) => switching.mutate(tenant),
    isBusy: switching.isPending,
    problem: computed(() =>
      switching.error.value === null ? null : problemIn(switching.error.value),
    ),
  };
}
