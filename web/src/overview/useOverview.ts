import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { AccountList } from '../../../api/accounts/schema.ts';
import type { Overview } from '../../../api/analytics/schema.ts';
import type { StatementPage } from '../../../api/statements/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { request } from '../request.ts';
import type { Period } from './periods.ts';

/** Figures of a period, refreshed every minute while the screen is open. */
export function useOverview(period: Ref<Period>, accountId: Ref<string | undefined>) {
  const query = useQuery({
    queryKey: ['overview', period, accountId],
    queryFn: ({ signal }) =>
      request<Overview>('/v1/overview', {
        query: {
          from: period.value.from,
          to: period.value.to,
          accountId: accountId.value,
          compare: 'previous',
        },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  return {
    overview: query.data,
    isLoading: query.isPending,
    isRefreshing: query.isFetching,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** The accounts to choose from. */
export function useAccounts() {
  const { data } = useQuery({
    queryKey: ['accounts'],
    queryFn: ({ signal }) => request<AccountList>('/v1/accounts', { signal }),
    staleTime: 60_000,
  });
  return { accounts: computed(() => data.value?.data ?? []) };
}

/**
 * How far a new business has come: nothing uploaded, something uploaded, something posted. Undefined
 * until known, so that nobody sees first steps flash by.
 */
export function useBeginnings() {
  const posted = useFirstStatement('posted');
  const any = useFirstStatement(undefined);
  return computed<'empty' | 'uploaded' | 'posted' | undefined>(() => {
    if (posted.value === true) return 'posted';
    if (posted.value === undefined || any.value === undefined) return undefined;
    return any.value ? 'uploaded' : 'empty';
  });
}

function useFirstStatement(status: string | undefined) {
  const { data } = useQuery({
    queryKey: ['statements', 'first', status],
    queryFn: ({ signal }) =>
      request<StatementPage>('/v1/statements', { query: { limit: 1, status }, signal }),
    staleTime: 60_000,
  });
  return computed(() => (data.value === undefined ? undefined : data.value.data.length > 0));
}
