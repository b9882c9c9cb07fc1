import { useInfiniteQuery, useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type {
  AccountStatement,
  JournalPage,
  LedgerAccountPage,
  Lineage,
  TrialBalance,
} from '../../../api/ledger/schema.ts';
import { addDays, parseBusinessDate, startOfBusinessDate } from '../../../domain/time.ts';
import { firstProblem } from '../first-problem.ts';
import { request, type QueryValue } from '../request.ts';

type Query = Readonly<Record<string, QueryValue>>;

/** The end of a day in Nairobi, as balances of that day are asked for; now for what is no day. */
function endOf(day: string): string | undefined {
  const known = parseBusinessDate(day);
  return known === undefined ? undefined : startOfBusinessDate(addDays(known, 1));
}

/** A list page by page, under one key and with one query. */
function usePages<Page extends { nextCursor: string | null }>(
  name: string,
  source: { path: Ref<string>; query: Ref<Query>; isAsked?: Ref<boolean> },
) {
  const { path, query: asked, isAsked } = source;
  const query = useInfiniteQuery({
    queryKey: ['ledger', name, path, asked],
    queryFn: ({ pageParam, signal }) =>
      request<Page>(path.value, {
        query: { ...asked.value, cursor: pageParam, limit: 100 },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: () => isAsked?.value ?? true,
    shallow: true,
  });
  return {
    pages: computed(() => query.data.value?.pages ?? []),
    isLoading: query.isPending,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    problem: firstProblem(query),
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}

/** Accounts with what they hold, now or at the end of a day. */
export function useAccounts(day: Ref<string>) {
  const list = usePages<LedgerAccountPage>('accounts', {
    path: computed(() => '/v1/ledger/accounts'),
    query: computed(() => ({ at: endOf(day.value) })),
  });
  return { ...list, accounts: computed(() => list.pages.value.flatMap(({ data }) => data)) };
}

/** The statement of one account between two days. */
export function useAccountStatement(accountId: Ref<string>, period: Ref<Query>) {
  const list = usePages<AccountStatement>('statement', {
    path: computed(() => `/v1/ledger/accounts/${accountId.value}/statement`),
    query: period,
  });
  return {
    ...list,
    head: computed(() => list.pages.value[0]),
    entries: computed(() => list.pages.value.flatMap(({ data }) => data)),
  };
}

/** The journal behind its filters. */
export function useJournal(filters: Ref<Query>) {
  const list = usePages<JournalPage>('journal', {
    path: computed(() => '/v1/ledger/transactions'),
    query: filters,
  });
  return { ...list, transactions: computed(() => list.pages.value.flatMap(({ data }) => data)) };
}

/** The trial balance at the end of a day, or of now. */
export function useTrialBalance(day: Ref<string>) {
  const query = useQuery({
    queryKey: ['ledger', 'trial-balance', day],
    queryFn: ({ signal }) =>
      request<TrialBalance>('/v1/ledger/trial-balance', {
        query: { at: endOf(day.value) },
        signal,
      }),
  });
  return {
    balance: query.data,
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

export type Story = Omit<Lineage, 'nextCursor' | 'hasMore'>;

/** Everything that belongs to a start, page by page; nothing is asked while it is empty. */
export function useStory(start: Ref<Query>) {
  const list = usePages<Lineage>('story', {
    path: computed(() => '/v1/ledger/lineage'),
    query: start,
    isAsked: computed(() => Object.keys(start.value).length > 0),
  });
  return { ...list, story: computed(() => joined(list.pages.value)) };
}

/** Pages of a story as one. */
function joined(pages: readonly Lineage[]): Story | null {
  if (pages.length === 0) return null;
  const runs = new Map(pages.flatMap((page) => page.runs.map((run) => [run.workflowId, run])));
  return {
    transactions: pages.flatMap(({ transactions }) => transactions),
    receipts: pages.flatMap(({ receipts }) => receipts),
    reservations: pages.flatMap(({ reservations }) => reservations),
    events: pages.flatMap(({ events }) => events),
    callbacks: pages.flatMap(({ callbacks }) => callbacks),
    questions: pages.flatMap(({ questions }) => questions),
    audit: pages.flatMap(({ audit }) => audit),
    runs: [...runs.values()],
    isWhole: pages.every(({ isWhole }) => isWhole),
    cut: [...new Set(pages.flatMap(({ cut }) => cut))],
  };
}

/** The query that asks for a file of the same day. */
export function dayQuery(day: string): Query {
  return { at: endOf(day) };
}
