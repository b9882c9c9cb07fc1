import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { Cents } from '../../../domain/money.ts';
import { paced } from '../payments/pace.ts';
import { isBeingTold } from '../payments/useTrail.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { firstProblem } from '../first-problem.ts';
import { request } from '../request.ts';
import { isMoving } from './payout-face.ts';
import type { Limits, Payout, PayoutDetail } from './payout-types.ts';

export const filterNames = [
  'status',
  'kind',
  'reference',
  'receipt',
  'needsAttention',
  'returnWaits',
] as const;
export type PayoutFilters = Record<(typeof filterNames)[number], string>;

/** Payouts, newest first. */
export function usePayouts(filters: Ref<PayoutFilters>) {
  return usePagedList<Payout>(
    ['disbursements', 'list'],
    computed(() => '/v1/disbursements'),
    { query: filters },
  );
}

/** One payout; read again and again until it has ended, is booked and was told of. */
export function usePayout(disbursementId: Ref<string>) {
  const pace = paced();
  const query = useQuery({
    queryKey: ['disbursements', 'one', disbursementId],
    queryFn: ({ signal }) =>
      request<PayoutDetail>(`/v1/disbursements/${disbursementId.value}`, { signal }),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isUnsettled(state.data) ? pace(state.data) : false,
  });
  return {
    payout: query.data,
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

function isUnsettled({ status, returned, trail }: PayoutDetail): boolean {
  return isMoving(status) || returned?.status === 'agreed' || isBeingTold(trail);
}

/** The limits of today with what is left of them; null until they are known. */
export function useLimits() {
  const query = useQuery({
    queryKey: ['limits'],
    queryFn: ({ signal }) => request<Limits>('/v1/limits', { signal }),
  });
  const left = (kind: string): number | null => {
    const found = query.data.value?.limits.find((limit) => limit.kind === kind);
    return found === undefined ? null : (found.leftCents ?? found.limitCents);
  };
  return {
    perPayoutCents: computed(() => left('per-transaction')),
    leftTodayCents: computed(() => left('per-day')),
    approvalAboveCents: computed(() => left('approval-above')),
  };
}

/** What M-PESA is going to charge for a payout to a phone; null while that is not known. */
export function useQuote(amountCents: Ref<Cents | null>) {
  const query = useQuery({
    queryKey: ['tariffs', 'quote', amountCents],
    queryFn: ({ signal }) =>
      request<{ chargeCents: number }>('/v1/tariffs/quote', {
        query: { product: 'b2c', amountCents: amountCents.value ?? 0 },
        signal,
      }),
    enabled: () => amountCents.value !== null,
  });
  return computed(() =>
    amountCents.value === null || query.error.value !== null
      ? null
      : (query.data.value?.chargeCents ?? null),
  );
}
