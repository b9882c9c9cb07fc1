import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { paced } from '../payments/pace.ts';
import { useFileUpload } from '../payments/useFileUpload.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { firstProblem } from '../first-problem.ts';
import { request } from '../request.ts';
import type { Batch, BatchRow } from './batch-types.ts';

/** Lists of payouts, newest first. */
export function useBatches(filters: Ref<Record<'status', string>>) {
  return usePagedList<Batch>(
    ['batches', 'list'],
    computed(() => '/v1/payout-batches'),
    { query: filters },
  );
}

const isOpen = (batch: Batch | undefined) =>
  batch !== undefined && ['awaiting-approval', 'running'].includes(batch.status);

/** One list with its rows; both are read again and again while it is paid. */
export function useBatch(batchId: Ref<string>, state: Ref<string>) {
  const pace = paced();
  const query = useQuery({
    queryKey: ['batches', 'one', batchId],
    queryFn: ({ signal }) => request<Batch>(`/v1/payout-batches/${batchId.value}`, { signal }),
    refetchInterval: (current) => (isOpen(current.state.data) ? pace(current.state.data) : false),
  });
  const rows = usePagedList<BatchRow>(
    ['batches', 'rows'],
    computed(() => `/v1/payout-batches/${batchId.value}/rows`),
    {
      query: computed(() => ({ state: state.value })),
      limit: 100,
      refetchMs: () => (query.data.value?.status === 'running' ? pace(query.data.value) : false),
    },
  );
  return {
    batch: query.data,
    rows,
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** Sends a file to be looked at; nothing is paid by that. */
export function useBatchUpload() {
  return useFileUpload<Batch>('/v1/payout-batches/upload', 'batches');
}
