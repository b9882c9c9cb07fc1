import { computed, type Ref } from 'vue';
import type { Refund } from '../collections/useRefunds.ts';
import { isMoving } from '../disbursements/payout-face.ts';
import { usePagedList } from '../payments/usePagedList.ts';

export const filterNames = ['receipt', 'status', 'method', 'shortcodeId', 'from', 'to'] as const;
export type RefundFilters = Record<(typeof filterNames)[number], string>;

/** Money given back, newest first; read again while one is on its way. */
export function useRefundList(filters: Ref<RefundFilters>) {
  return usePagedList<Refund>(
    ['refunds', 'list'],
    computed(() => '/v1/refunds'),
    {
      query: filters,
      refetchMs: (rows) =>
        rows.some(({ disbursement }) => isMoving(disbursement.status)) ? 4_000 : false,
    },
  );
}
