import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { DryRunResult, PostingRequestView } from '../../../api/ledger/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { request } from '../request.ts';

export type HandWish =
  | { kind: 'adjustment'; accountId: string; amountCents: number; side: 'in' | 'out' }
  | { kind: 'reversal'; transactionId: string }
  | { kind: 'earning'; customerId: string; shortcodeId: string; amountCents: number };

/** Postings by hand that were asked for, newest first. */
export function useRequests(status: Ref<string>) {
  return usePagedList<PostingRequestView>(
    ['ledger', 'requests'],
    computed(() => '/v1/ledger/requests'),
    { query: computed(() => ({ status: status.value })) },
  );
}

/** What a posting would do now; nothing is asked while there is no wish. */
export function useDryRun(wish: () => HandWish | null) {
  const query = useQuery({
    queryKey: ['ledger', 'dry-run', computed(wish)],
    queryFn: ({ signal }) =>
      request<DryRunResult>('/v1/ledger/dry-run', { method: 'POST', json: wish() ?? {}, signal }),
    enabled: () => wish() !== null,
    retry: false,
  });
  return { trial: query.data, isLoading: query.isFetching, problem: firstProblem(query) };
}

/** What a request asked for, as it is tried out. */
export function wishOf(asked: PostingRequestView): HandWish | null {
  const { accountId, amountCents, side, transactionId, customerId, shortcodeId } = asked;
  if (accountId !== null && amountCents !== null && side !== null)
    return { kind: 'adjustment', accountId, amountCents, side };
  if (customerId !== null && shortcodeId !== null && amountCents !== null)
    return { kind: 'earning', customerId, shortcodeId, amountCents };
  return transactionId === null ? null : { kind: 'reversal', transactionId };
}
