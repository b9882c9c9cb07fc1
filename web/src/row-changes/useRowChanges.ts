import { useToast } from '@nuxt/ui/composables/useToast';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, ref, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import type { RowChange, RowChangePage } from '../../../api/row-changes/schema.ts';
import type { Category } from '../../../domain/categories/terms.ts';
import { firstProblem } from '../first-problem.ts';
import { formatCount } from '../format.ts';
import { useDeed } from '../payments/useDeed.ts';
import { request } from '../request.ts';
import { announce } from '../shell/announcer.ts';
import type { Chosen } from '../transactions/useSelection.ts';
import { useWords } from '../words.ts';

const stale = ['transactions', 'overview', 'row-changes'];
const pollMs = 1_000;
/** How long a change offers to be taken back where it was made; the list of changes always does. */
export const undoMs = 15_000;

export function isUnderWay({ status }: Pick<RowChange, 'status'>): boolean {
  return status === 'applying' || status === 'undoing';
}

export type ChangeWish = { category: Category } | { addTags: string[]; removeTags: string[] };

/** What a change did or does, in words: how many rows, and what was put on them. */
export function useChangeWords() {
  const { t } = useI18n();
  const word = useWords();
  function say(phrase: 'said' | 'done', change: RowChange, rows: number): string {
    const { kind, category, tagsAdded, tagsRemoved } = change;
    const count = formatCount(rows);
    if (kind !== 'tags') {
      return t(`changes.${phrase}`, { count, category: word('category', category ?? '') }, rows);
    }
    const tags = [...tagsAdded.map((tag) => `+${tag}`), ...tagsRemoved.map((tag) => `−${tag}`)];
    return t(`changes.${phrase}Tags`, { count, tags: tags.join(' ') }, rows);
  }
  /** What is told of rows that do not follow; empty when there is none. */
  function left({ status, rowCount, changedCount }: RowChange): string {
    const count = status === 'done' ? rowCount - changedCount : 0;
    return count === 0 ? '' : t('changes.left', { count: formatCount(count) }, count);
  }
  return {
    said: (change: RowChange) => say('said', change, change.rowCount),
    done: (change: RowChange) => say('done', change, change.changedCount),
    left,
  };
}

/** Changing many rows at once, telling what came of it, and taking it back. */
export function useRowChange() {
  const { t } = useI18n();
  const { done, left } = useChangeWords();
  const toast = useToast();
  const queries = useQueryClient();
  const deed = useDeed<RowChange>(stale);
  const taking = useDeed<RowChange>(stale);
  const followed = ref<string | null>(null);

  const following = useQuery({
    queryKey: ['row-change', followed],
    queryFn: ({ signal }) => request<RowChange>(`/v1/row-changes/${followed.value}`, { signal }),
    enabled: () => followed.value !== null,
    refetchInterval: ({ state }) =>
      state.data !== undefined && !isUnderWay(state.data) ? false : pollMs,
  });
  watch(following.data, (change) => {
    if (change === undefined || isUnderWay(change) || followed.value === null) return;
    followed.value = null;
    for (const key of stale) void queries.invalidateQueries({ queryKey: [key] });
    tell(change);
  });

  function tell(change: RowChange): void {
    const { status, rowCount } = change;
    if (isUnderWay(change)) {
      followed.value = change.id;
      toast.add({ title: t('changes.underWay', { count: formatCount(rowCount) }, rowCount) });
      return;
    }
    const title = status === 'undone' ? t('changes.undone') : done(change);
    const description = left(change);
    announce(title);
    const actions = [{ label: t('states.undo'), onClick: () => void takeBack(change.id) }];
    toast.add({ title, description, duration: undoMs, ...(status === 'done' ? { actions } : {}) });
  }

  /** Whether it was taken; what stood in the way is in `problem`. */
  async function put(chosen: Chosen, wish: ChangeWish): Promise<boolean> {
    const { count: expectedCount, rows } = chosen;
    const change = await deed.perform('/v1/row-changes', { ...wish, rows, expectedCount });
    if (change !== undefined) tell(change);
    return change !== undefined;
  }

  async function takeBack(id: string): Promise<void> {
    const change = await taking.perform(`/v1/row-changes/${id}/undo`);
    if (change !== undefined) tell(change);
    else toast.add({ title: t('problems.cannot-take-back'), color: 'error' });
  }

  return {
    put,
    takeBack,
    isBusy: computed(() => deed.isBusy.value || taking.isBusy.value),
    problem: deed.problem,
    forget: deed.forget,
  };
}

export type RowChanging = ReturnType<typeof useRowChange>;

/** What was changed by hand, newest first. */
export function useRowChanges(isOpen: () => boolean) {
  const query = useInfiniteQuery({
    queryKey: ['row-changes', 'list'],
    queryFn: ({ pageParam, signal }) =>
      request<RowChangePage>('/v1/row-changes', {
        query: { cursor: pageParam, limit: 20 },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: isOpen,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.data.some(isUnderWay)) === true ? pollMs : false,
  });
  return {
    changes: computed(() => query.data.value?.pages.flatMap((page) => page.data) ?? []),
    isLoading: query.isPending,
    problem: firstProblem(query),
    hasMore: query.hasNextPage,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
}
