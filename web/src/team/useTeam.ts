import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { Role } from '../../../api/auth/permissions.ts';
import type { InvitationList, MemberList } from '../../../api/members/schema.ts';
import { ifMatch, problemIn, request } from '../request.ts';

/** The people of the business and those who were invited. */
export function useTeam() {
  const queries = useQueryClient();
  const members = useQuery({
    queryKey: ['members'],
    queryFn: ({ signal }) => request<MemberList>('/v1/members', { signal }),
  });
  const invitations = useQuery({
    queryKey: ['invitations'],
    queryFn: ({ signal }) => request<InvitationList>('/v1/invitations', { signal }),
  });
  const reload = async () => {
    await queries.invalidateQueries({ queryKey: ['members'] });
    await queries.invalidateQueries({ queryKey: ['invitations'] });
  };
  const deed = useMutation({
    mutationFn: ({
      path,
      method,
      json,
      version,
    }: {
      path: string;
      method: 'POST' | 'DELETE';
      json?: object;
      version?: string;
    }) =>
      request(path, {
        ...{ method, headers: ifMatch(version) },
        ...(json === undefined ? {} : { json }),
      }),
    onSettled: reload,
  });
  const problem = computed(() => {
    const { value: error } = members.error;
    return error === null || members.data.value !== undefined ? null : problemIn(error);
  });
  return {
    members: computed(() => members.data.value?.data ?? []),
    membersMax: computed(() => members.data.value?.membersMax ?? 0),
    invitations: computed(() => invitations.data.value?.data ?? []),
    isLoading: members.isPending,
    problem,
    retry: () => void reload(),
    isBusy: deed.isPending,
    deedProblem: computed(() => (deed.error.value === null ? null : problemIn(deed.error.value))),
    invite: (json: { email: string; role: Role }) =>
      deed.mutateAsync({ path: '/v1/invitations', method: 'POST', json }),
    withdraw: (id: string) => deed.mutateAsync({ path: `/v1/invitations/${id}`, method: 'DELETE' }),
    setRole: ({ id, version }: { id: string; version: string }, role: Role) =>
      deed.mutateAsync({
        ...{ path: `/v1/members/${id}/role`, method: 'POST', json: { role }, version },
      }),
    remove: (id: string) => deed.mutateAsync({ path: `/v1/members/${id}`, method: 'DELETE' }),
  };
}
