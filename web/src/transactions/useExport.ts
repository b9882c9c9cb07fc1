import { useToast } from '@nuxt/ui/composables/useToast';
import { ref, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { download } from '../download.ts';
import { problemIn } from '../request.ts';
import type { Filters, Sort } from './filters.ts';

/** Saves exactly the rows the filters show, in the order they are shown. */
export function useExport(filters: Ref<Filters>, sort: Ref<Sort>) {
  const { t } = useI18n();
  const toast = useToast();
  const isBusy = ref(false);

  async function save(format: 'csv' | 'xlsx' | 'pdf'): Promise<void> {
    isBusy.value = true;
    try {
      const query = { ...filters.value, sort: sort.value, format };
      await download('/v1/transactions/export', `transactions.${format}`, { query });
      toast.add({ title: t('export.saved'), color: 'success' });
    } catch (fault) {
      const problem = problemIn(fault);
      const id = problem.requestId === null ? '' : t('states.requestId', { id: problem.requestId });
      toast.add({
        title: t('export.failed'),
        description: `${problem.detail} ${id}`.trim(),
        color: 'error',
        actions: [{ label: t('states.retry'), onClick: () => void save(format) }],
      });
    } finally {
      isBusy.value = false;
    }
  }
  return { save, isBusy };
}
