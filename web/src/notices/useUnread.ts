import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { UnreadNotices } from '../../../api/notices/schema.ts';
import { request } from '../request.ts';
import { isBellLive } from './useLiveBell.ts';

const everyMs = 30_000;
const shownMax = 99;

/** How many notices wait to be read: told by the server, and asked for while it cannot tell. */
export function useUnread() {
  const { data } = useQuery({
    queryKey: ['notices', 'unread'],
    queryFn: ({ signal }) => request<UnreadNotices>('/v1/notices/unread', { signal }),
    refetchInterval: () => (isBellLive.value ? false : everyMs),
    refetchOnWindowFocus: true,
    retry: false,
  });
  const count = computed(() => data.value?.count ?? 0);
  const badge = computed(() => (count.value > shownMax ? `${shownMax}+` : String(count.value)));
  return { count, badge };
}
