import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { z } from 'zod';
import type {
  deskSummary,
  receivedPayment,
  receivedPaymentDetail,
} from '../../../api/unallocated/schema.ts';
import { useDeed } from '../payments/useDeed.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { firstProblem } from '../first-problem.ts';
import { request } from '../request.ts';

export type Received = z.infer<typeof receivedPayment>;
export type ReceivedDetail = z.infer<typeof receivedPaymentDetail>;
type Summary = z.infer<typeof deskSummary>;

const waiting = 'unallocated,part-allocated';
const sorted = 'allocated,linked';

/** Money without a home, or what was sorted out already, newest first. */
export function useDesk(filters: Ref<{ show: string; receipt: string }>) {
  const list = usePagedList<Received>(
    ['desk', 'list'],
    computed(() => '/v1/received-payments'),
    {
      query: computed(() => ({
        state: filters.value.show === 'sorted' ? sorted : waiting,
        receipt: filters.value.receipt,
      })),
    },
  );
  const summary = useQuery({
    queryKey: ['desk', 'summary'],
    queryFn: ({ signal }) => request<Summary>('/v1/received-payments/summary', { signal }),
  });
  return { ...list, summary: summary.data };
}

/** One payment with its allocations, and everything that can be decided about it. */
export function useReceived(paymentId: Ref<string>) {
  const query = useQuery({
    queryKey: ['desk', 'one', paymentId],
    queryFn: ({ signal }) =>
      request<ReceivedDetail>(`/v1/received-payments/${paymentId.value}`, { signal }),
  });
  return {
    payment: query.data,
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** Decisions; each can be undone until its money has left. */
export function useDecisions() {
  const deed = useDeed<ReceivedDetail>(['desk', 'collections']);
  const path = (id: string, what: string) => `/v1/received-payments/${id}/${what}`;
  return {
    isBusy: deed.isBusy,
    problem: deed.problem,
    forget: deed.forget,
    allocate: (id: string, part: { kind: string; id: string; amountCents: number }) =>
      deed.perform(path(id, 'allocate'), { parts: [part] }),
    refund: (id: string, json: { amountCents: number; method: string; why: string }) =>
      deed.perform(path(id, 'refund'), json),
    undo: (id: string, allocationId: string) => deed.perform(path(id, 'undo'), { allocationId }),
  };
}
