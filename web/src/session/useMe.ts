import { useQuery } from '@tanstack/vue-query';
import { watch } from 'vue';
import type { Me } from '../../../api/auth/schema.ts';
import { request } from '../request.ts';
import { useSession } from './useSession.ts';

/** Learns what the signed-in person may do; screens hide deeds the server would refuse. */
export function useMe(): void {
  const session = useSession();
  const { data } = useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => request<Me>('/v1/me', { signal }),
    staleTime: 5 * 60_000,
  });
  watch(data, (me) => me !== undefined && session.learn(me), { immediate: true });
}
