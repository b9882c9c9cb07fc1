import { useMutation, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { Notice } from '../../../api/notices/schema.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { problemIn, request } from '../request.ts';
import { isBellLive } from './useLiveBell.ts';

const everyMs = 30_000;

/** What one is told, latest first; the list follows the bell while it is looked at. */
export function useNotices(filters: Ref<Record<'show', string>>) {
  const queries = useQueryClient();
  const list = usePagedList<Notice>(
    ['notices', 'list'],
    computed(() => '/v1/notices'),
    {
      query: computed(() => (filters.value.show === 'unread' ? { unread: 'true' } : {})),
      limit: 30,
      refetchMs: () => (isBellLive.value ? false : everyMs),
    },
  );
  const reading = useMutation({
    mutationFn: (ids: readonly string[] | undefined) =>
      request<undefined>('/v1/notices/read', { method: 'POST', json: { ids } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['notices'] }),
  });
  return {
    list,
    isReading: reading.isPending,
    problem: computed(() => (reading.error.value === null ? null : problemIn(reading.error.value))),
    markRead: (notice: Notice) => {
      if (!notice.isRead) reading.mutate([notice.id]);
    },
    markAllRead: () => reading.mutate(undefined),
  };
}
