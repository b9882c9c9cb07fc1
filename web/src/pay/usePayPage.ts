import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, ref, type Ref } from 'vue';
import type { z } from 'zod';
import type { payerRequest, payPage } from '../../../api/payment-links/schema.ts';
import { amountMaxCents } from '../../../domain/collections/request.ts';
import { firstProblem } from '../first-problem.ts';
import { paced } from '../payments/pace.ts';
import { problemIn, request } from '../request.ts';

type Page = z.infer<typeof payPage>;
type Asked = z.infer<typeof payerRequest>;

/** What a payer sees; read again and again while their prompt is open. */
export function usePayPage(token: Ref<string>) {
  const queries = useQueryClient();
  const requestId = ref<string | null>(null);
  const pace = paced();
  const path = computed(() => `/v1/pay/${encodeURIComponent(token.value)}`);
  const query = useQuery({
    queryKey: ['pay', path, requestId],
    queryFn: ({ signal }) =>
      request<Page>(path.value, {
        query: { request: requestId.value ?? undefined },
        signal,
        isAnonymous: true,
      }),
    refetchInterval: ({ state }) => {
      const status = state.data?.request?.status;
      const isOpen = ['requested', 'sending', 'prompted', 'unknown'].includes(status ?? '');
      return isOpen ? pace(state.data) : false;
    },
  });
  const { mutateAsync, isPending, error } = useMutation({
    mutationFn: (json: { msisdn: string; amountCents?: number }) =>
      request<Asked>(`${path.value}/requests`, {
        ...{ method: 'POST', json, isAnonymous: true, timeoutMs: 40_000 },
      }),
    onSuccess: (asked) => {
      requestId.value = asked.id;
      return queries.invalidateQueries({ queryKey: ['pay'] });
    },
  });
  return {
    page: query.data,
    /** The most one prompt can ask for, in cents. */
    most: computed(() => query.data.value?.promptMaxCents ?? amountMaxCents),
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    ask: (json: Parameters<typeof mutateAsync>[0]) => mutateAsync(json).catch(() => undefined),
    isBusy: isPending,
    askProblem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}
