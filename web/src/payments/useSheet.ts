import { useToast } from '@nuxt/ui/composables/useToast';
import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { download } from '../download.ts';
import { problemIn, type QueryValue } from '../request.ts';

export interface SheetSource {
  path: string;
  /** The file name without its ending. */
  name: string;
  query: Readonly<Record<string, QueryValue>>;
}

/** Saves what a screen shows as a sheet. */
export function useSheet(source: SheetSource) {
  const { t } = useI18n();
  const toast = useToast();
  const isBusy = ref(false);

  async function save(format: 'csv' | 'xlsx'): Promise<void> {
    isBusy.value = true;
    try {
      const query = { ...source.query, format };
      await download(source.path, `${source.name}.${format}`, { query });
      toast.add({ title: t('export.saved'), color: 'success' });
    } catch (fault) {
      const description = problemIn(fault).detail;
      toast.add({ title: t('export.failed'), description, color: 'error' });
    } finally {
      isBusy.value = false;
    }
  }
  return { save, isBusy };
}
