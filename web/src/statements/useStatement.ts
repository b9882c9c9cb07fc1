import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { AcceptedOperation } from '../../../api/operations/schema.ts';
import type {
  DecidedReject,
  PasswordVerdict,
  Review,
  Statement,
  StatementLine,
  UndoPreview,
} from '../../../api/statements/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { ifMatch, problemIn, request } from '../request.ts';

/** One statement; it is read again whenever its operation moves. */
export function useStatement(statementId: Ref<string>) {
  const query = useQuery({
    queryKey: ['statements', 'one', statementId],
    queryFn: ({ signal }) => request<Statement>(`/v1/statements/${statementId.value}`, { signal }),
    // An undo runs under an operation of its own, which a reloaded page no longer knows.
    refetchInterval: ({ state }) => (state.data?.status === 'undoing' ? 2000 : false),
  });
  return {
    statement: query.data,
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

/** The rows of the file, page by page. */
export function useStatementLines(statementId: Ref<string>) {
  return useRows<StatementLine>('lines', statementId);
}

/** The rows the file could not give, page by page. */
export function useStatementRejects(statementId: Ref<string>) {
  return useRows<DecidedReject>('rejects', statementId);
}

function useRows<Row>(kind: 'lines' | 'rejects', statementId: Ref<string>) {
  const query = useInfiniteQuery({
    queryKey: ['statements', kind, statementId],
    queryFn: ({ pageParam, signal }) =>
      request<{ data: Row[]; nextCursor: string | null }>(
        `/v1/statements/${statementId.value}/${kind}`,
        { query: { cursor: pageParam, limit: 50 }, signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    shallow: true,
  });
  return {
    rows: computed((): Row[] => query.data.value?.pages.flatMap((page) => page.data) ?? []),
    isLoading: query.isPending,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    problem: computed(() => (query.error.value === null ? null : problemIn(query.error.value))),
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}

/** Offers the password of a locked file; a wrong one is an answer, not an error. */
export function usePasswordOffer(statementId: Ref<string>) {
  const queries = useQueryClient();
  const { mutateAsync, isPending, error, data } = useMutation({
    mutationFn: (password: string) =>
      request<PasswordVerdict>(`/v1/statements/${statementId.value}/password`, {
        method: 'POST',
        json: { password },
        timeoutMs: 40_000,
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['statements'] }),
  });
  return {
    offer: mutateAsync,
    isBusy: isPending,
    verdict: data,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}

/** Post or refuse what waits for a review. */
export function useReview(statement: Ref<Pick<Statement, 'id' | 'version'>>) {
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (review: Review) =>
      request<Statement>(`/v1/statements/${statement.value.id}/review`, {
        ...{ method: 'POST', json: review, headers: ifMatch(statement.value.version) },
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['statements'] }),
  });
  return {
    decide: (review: Review) => mutate(review),
    isBusy: isPending,
    problem: computed(() => (error.value === null ? null : problemIn(error.value))),
  };
}

/** What undoing would do, and doing it. `isOpen` loads the impact only when it is looked at. */
export function useUndo(statementId: Ref<string>, isOpen: Ref<boolean>) {
  const queries = useQueryClient();
  const impact = useQuery({
    queryKey: ['statements', 'undo-preview', statementId],
    queryFn: ({ signal }) =>
      request<UndoPreview>(`/v1/statements/${statementId.value}/undo-preview`, { signal }),
    enabled: isOpen,
    staleTime: 0,
  });
  const undo = useMutation({
    mutationFn: ({ reason, version }: { reason: string; version: number | undefined }) =>
      request<AcceptedOperation>(`/v1/statements/${statementId.value}/undo`, {
        ...{ method: 'POST', headers: ifMatch(version) },
        json: reason === '' ? {} : { reason },
      }),
    // Whether it is being undone or somebody was faster: it is another one by now.
    onSettled: () => queries.invalidateQueries({ queryKey: ['statements'] }),
  });
  return {
    impact: impact.data,
    undo: undo.mutateAsync,
    isBusy: undo.isPending,
    problem: computed(() => {
      const fault = undo.error.value ?? impact.error.value;
      return fault === null ? null : problemIn(fault);
    }),
  };
}
