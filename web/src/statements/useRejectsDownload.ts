import { useToast } from '@nuxt/ui/composables/useToast';
import { ref, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { download } from '../download.ts';
import { useProblemSentence } from '../payments/useProblemText.ts';
import { problemIn } from '../request.ts';

/** Saves the rows a file could not give as CSV. */
export function useRejectsDownload(statementId: Ref<string>) {
  const { t } = useI18n();
  const toast = useToast();
  const problemSentence = useProblemSentence();
  const isBusy = ref(false);

  async function save(): Promise<void> {
    isBusy.value = true;
    try {
      const path = `/v1/statements/${statementId.value}/rejects`;
      await download(path, `${statementId.value}-rejects.csv`, { headers: { Accept: 'text/csv' } });
    } catch (fault) {
      toast.add({
        title: t('export.failed'),
        description: problemSentence(problemIn(fault)),
        color: 'error',
      });
    } finally {
      isBusy.value = false;
    }
  }
  return { save, isBusy };
}
