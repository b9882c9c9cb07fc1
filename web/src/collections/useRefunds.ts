import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { z } from 'zod';
import type { refund, refundPage } from '../../../api/reversals/schema.ts';
import { isMoving } from '../disbursements/payout-face.ts';
import { useDeed } from '../payments/useDeed.ts';
import { firstProblem } from '../first-problem.ts';
import { request } from '../request.ts';

export type Refund = z.infer<typeof refund>;
type RefundPage = z.infer<typeof refundPage>;

/** Refunds of one collection, newest first, followed while one is on its way. */
export function useRefunds(collectionId: Ref<string>) {
  const query = useQuery({
    queryKey: ['refunds', collectionId],
    queryFn: ({ signal }) =>
      request<RefundPage>('/v1/refunds', {
        query: { collectionId: collectionId.value, limit: 100 },
        signal,
      }),
    refetchInterval: ({ state }) =>
      state.data?.data.some((one) => isMoving(one.disbursement.status)) ? 3_000 : false,
  });
  const deed = useDeed<Refund>(['refunds', 'disbursements', 'collections']);
  return {
    refunds: computed(() => query.data.value?.data ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    deed,
    give: (json: object) => deed.perform(`/v1/collections/${collectionId.value}/refunds`, json),
  };
}
