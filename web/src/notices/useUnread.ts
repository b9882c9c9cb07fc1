import { useQuery } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { UnreadNotices } from '../../../api/notices/schema.ts';
import { request } from '../request.ts';

const everyMs = 30_000;
const shownMax = 99;

/** How many notices wait to be read, asked again while the page is looked at. */
export function useUnread() {
  const { data } = useQuery({
    queryKey: ['notices', 'unread'],
    queryFn: ({ signal }) => request<UnreadNotices>('/v1/notices/unread', { signal }),
    refetchInterval: everyMs,
    refetchOnWindowFocus: true,
    retry: false,
  });
  const count = computed(() => data.value?.count ?? 0);
  const badge = computed(() => (count.value > shownMax ? `${shownMax}+` : String(count.value)));
  return { count, badge };
}
