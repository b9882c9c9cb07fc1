import { useToast } from '@nuxt/ui/composables/useToast';
import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { download } from '../download.ts';
import { problemIn, type QueryValue } from '../request.ts';

/** Fetches a file and hands it to the browser to save; says so when that fails. */
export function useSavedFile() {
  const { t } = useI18n();
  const toast = useToast();
  const isBusy = ref(false);

  async function save(
    path: string,
    fileName: string,
    query: Readonly<Record<string, QueryValue>> = {},
  ): Promise<void> {
    isBusy.value = true;
    try {
      await download(path, fileName, { query, headers: { Accept: 'text/csv' } });
      toast.add({ title: t('export.saved'), color: 'success' });
    } catch (fault) {
      const { detail } = problemIn(fault);
      toast.add({ title: t('export.failed'), description: detail, color: 'error' });
    } finally {
      isBusy.value = false;
    }
  }
  return { save, isBusy };
}
