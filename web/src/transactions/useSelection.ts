import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import type { Transaction, TransactionSummary } from '../../../api/transactions/schema.ts';
import { add, cents, type Cents } from '../../../domain/money.ts';
import type { Filters } from './filters.ts';

/** As many rows as one request names one by one; more are chosen by their filter. */
export const pickedMax = 1_000;

export interface Chosen {
  count: number;
  inCents: Cents;
  outCents: Cents;
  /** What the API is told: the rows themselves, or the filter that selects them all. */
  rows: { ids: string[] } | { filter: Filters };
}

interface Shown {
  rows: Readonly<Ref<readonly Transaction[]>>;
  summary: Readonly<Ref<TransactionSummary | undefined>>;
  filters: Readonly<Ref<Filters>>;
}

/** The rows somebody chose: one by one, by range, all that are loaded, or all that the filter has. */
export function useSelection({ rows, summary, filters }: Shown) {
  const picked = shallowRef<ReadonlySet<string>>(new Set());
  const isAll = ref(false);
  let anchor: number | null = null;

  function put(next: Iterable<string>): void {
    isAll.value = false;
    picked.value = new Set([...next].slice(0, pickedMax));
  }

  function toggle(index: number): void {
    const id = rows.value[index]?.id;
    if (id === undefined) return;
    const next = new Set(picked.value);
    if (!next.delete(id)) next.add(id);
    anchor = index;
    put(next);
  }

  /** Everything from the row chosen last up to this one. */
  function extendTo(index: number): void {
    if (anchor === null) return toggle(index);
    const [first, last] = [Math.min(anchor, index), Math.max(anchor, index)];
    const between = rows.value.slice(first, last + 1).map(({ id }) => id);
    put([...picked.value, ...between]);
  }

  function toggleLoaded(): void {
    put(picked.value.size > 0 ? [] : rows.value.map(({ id }) => id));
  }

  function clear(): void {
    anchor = null;
    put([]);
  }
  watch(filters, clear);

  const chosen = computed<Chosen | null>(() => {
    if (isAll.value && summary.value !== undefined) {
      const { count, inCents, outCents } = summary.value;
      return { count, inCents, outCents, rows: { filter: filters.value } };
    }
    const found = rows.value.filter(({ id }) => picked.value.has(id));
    if (found.length === 0) return null;
    const sum = (direction: string) =>
      found
        .filter((row) => row.direction === direction)
        .reduce((total, row) => add(total, row.amountCents), cents(0));
    const ids = found.map(({ id }) => id);
    return { count: ids.length, inCents: sum('in'), outCents: sum('out'), rows: { ids } };
  });

  return {
    chosen,
    isAll,
    isPicked: (id: string): boolean => isAll.value || picked.value.has(id),
    isSome: computed(() => isAll.value || picked.value.size > 0),
    toggle,
    extendTo,
    toggleLoaded,
    clear,
    selectAll: () => (isAll.value = true),
  };
}

export type Selection = ReturnType<typeof useSelection>;
