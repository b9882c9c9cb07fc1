import { useQueries } from '@tanstack/vue-query';
import { computed } from 'vue';
import type { z } from 'zod';
import type { deskSummary } from '../../../api/unallocated/schema.ts';
import { formatMoney } from '../../../domain/money.ts';
import { request, type QueryValue } from '../request.ts';
import { useSession } from '../session/useSession.ts';

export interface MoneyMatter {
  kind: 'payout-to-approve' | 'payout-to-check' | 'collection-unknown' | 'money-unallocated';
  count: number;
  /** There are more than were counted. */
  hasMore: boolean;
  amount: string | null;
  to: { name: string; query: Record<string, string> };
}

type Counted = Pick<MoneyMatter, 'count' | 'hasMore' | 'amount'>;
type Listed = { data: unknown[]; hasMore: boolean };
const countedMax = 20;

/** Money that waits for a person, by kind; only what the role may read is asked for. */
export function useMoneyAttention() {
  const session = useSession();

  async function counted(path: string, query: Record<string, QueryValue>): Promise<Counted> {
    const page = await request<Listed>(path, { query: { ...query, limit: countedMax } });
    return { count: page.data.length, hasMore: page.hasMore, amount: null };
  }
  async function waiting(): Promise<Counted> {
    const desk = await request<z.infer<typeof deskSummary>>('/v1/received-payments/summary');
    return { count: desk.count, hasMore: false, amount: formatMoney(desk.waitingCents) };
  }
  const payouts = (kind: MoneyMatter['kind'], query: Record<string, string>) => ({
    ...{ kind, permission: 'disbursements:read' as const, to: { name: 'payouts', query } },
    ...{ key: 'disbursements', read: () => counted('/v1/disbursements', query) },
  });
  const unknown = { status: 'unknown' };
  const asked = [
    payouts('payout-to-approve', { status: 'awaiting-approval' }),
    payouts('payout-to-check', { needsAttention: 'true' }),
    {
      ...{ kind: 'collection-unknown' as const, permission: 'collections:read' as const },
      ...{ to: { name: 'collections', query: unknown }, key: 'collections' },
      read: () => counted('/v1/collections', unknown),
    },
    {
      ...{ kind: 'money-unallocated' as const, permission: 'collections:read' as const },
      ...{ to: { name: 'unallocated', query: {} }, key: 'desk', read: waiting },
    },
  ].filter(({ permission }) => session.can(permission));

  const answers = useQueries({
    queries: asked.map(({ key, kind, read }) => ({
      queryKey: [key, 'attention', kind],
      queryFn: read,
    })),
  });
  return {
    matters: computed((): MoneyMatter[] =>
      asked.flatMap(({ kind, to }, index) => {
        const found = answers.value[index]?.data;
        return found === undefined || found.count === 0 ? [] : [{ kind, to, ...found }];
      }),
    ),
    isLoading: computed(() => answers.value.some((one) => one.isPending)),
    hasFailed: computed(() => answers.value.some((one) => one.isError)),
  };
}
