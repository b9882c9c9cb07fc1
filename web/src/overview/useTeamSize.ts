import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { MemberList } from '../../../api/members/schema.ts';
import { request } from '../request.ts';
import { useSession } from '../session/useSession.ts';

/** Whether somebody else belongs to the business, and whether the person may invite. */
export function useTeamSize() {
  const session = useSession();
  const { data } = useQuery({
    queryKey: ['members'],
    queryFn: ({ signal }) => request<MemberList>('/v1/members', { signal }),
    enabled: computed(() => session.can('members:read')),
  });
  return {
    isTeam: computed(() => (data.value?.data.length ?? 0) > 1),
    mayInvite: computed(() => session.can('members:manage')),
  };
}
