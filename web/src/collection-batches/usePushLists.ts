import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { firstProblem } from '../first-problem.ts';
import { paced } from '../payments/pace.ts';
import { useFileUpload } from '../payments/useFileUpload.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { request } from '../request.ts';
import { statesOf, tally, type PushList, type PushRow } from './push-list-face.ts';

/** Lists of requests for money, newest first. */
export function usePushLists(filters: Ref<Record<'status', string>>) {
  return usePagedList<PushList>(
    ['push-lists', 'list'],
    computed(() => '/v1/collection-batches'),
    { query: filters },
  );
}

/** Something may still change without anybody's doing. */
function isMoving(list: PushList | undefined): boolean {
  return list !== undefined && (list.status === 'running' || tally(list, 'open').count > 0);
}

/** One list with its rows; both are read again and again while payers answer. */
export function usePushList(listId: Ref<string>, group: Ref<string>) {
  const pace = paced();
  const query = useQuery({
    queryKey: ['push-lists', 'one', listId],
    queryFn: ({ signal }) =>
      request<PushList>(`/v1/collection-batches/${listId.value}`, { signal }),
    refetchInterval: (current) => (isMoving(current.state.data) ? pace(current.state.data) : false),
  });
  const rows = usePagedList<PushRow>(
    ['push-lists', 'rows'],
    computed(() => `/v1/collection-batches/${listId.value}/rows`),
    {
      query: computed(() => ({ state: statesOf(group.value) })),
      limit: 100,
      refetchMs: () => (isMoving(query.data.value) ? pace(query.data.value) : false),
    },
  );
  return {
    list: query.data,
    rows,
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** Sends a file to be looked at; nobody is asked by that. */
export function usePushUpload() {
  return useFileUpload<PushList>('/v1/collection-batches/upload', 'push-lists');
}
