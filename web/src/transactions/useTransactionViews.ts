import { computed, watch, type Ref } from 'vue';
import { useRoute } from 'vue-router';
import type { ViewContent } from '../../../api/saved-views/schema.ts';
import { useSavedViews } from '../saved-views/useSavedViews.ts';
import { usePreferences } from '../session/usePreferences.ts';
import { columnNames, parseWidths } from './columns.ts';
import { parseFilters, parseSort, type Filters, type Sort } from './filters.ts';

interface Shown {
  filters: Ref<Filters>;
  sort: Ref<Sort>;
  setFilters: (filters: Filters, sort: Sort) => void;
}

/** What is shown now as a view, and showing another; the default one where nothing was asked for. */
export function useTransactionViews({ filters, sort, setFilters }: Shown) {
  const route = useRoute();
  const { chosen } = usePreferences();
  const { views } = useSavedViews();

  const current = computed<ViewContent>(() => ({
    filters: { ...filters.value },
    sort: sort.value,
    columns: [...chosen.columns],
    widths: { ...chosen.widths },
  }));

  /** Whatever this version of the screen does not know is left out. */
  function show(view: ViewContent): void {
    setFilters(parseFilters(view.filters), parseSort(view.sort));
    const columns = columnNames.filter((name) => view.columns.includes(name));
    if (columns.length > 0) chosen.columns = columns;
    chosen.widths = parseWidths(view.widths);
  }

  function showDefault(): void {
    // One's own comes first in the list; the default of the business is for who has none.
    const view = views.value.find(({ isDefault }) => isDefault);
    if (view !== undefined && isPlain()) show(view.view);
  }
  const isPlain = (): boolean => Object.keys(route.query).length === 0;
  if (views.value.length > 0) showDefault();
  else watch(views, showDefault, { once: true });
  return { current, show };
}
