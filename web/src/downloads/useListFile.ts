import { useToast } from '@nuxt/ui/composables/useToast';
import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRouter } from 'vue-router';
import type { DownloadBody } from '../../../api/downloads/schema.ts';
import { directRowsMax, type FileFormat } from '../../../domain/downloads/terms.ts';
import { download } from '../download.ts';
import { useProblemSentence } from '../payments/useProblemText.ts';
import { problemIn, request, type QueryValue } from '../request.ts';

export interface ListSource {
  path: string;
  /** The file name without its ending. */
  name: string;
  query: Readonly<Record<string, QueryValue>>;
  /** Rows of the list, where the screen knows. */
  count?: number | undefined;
}

/** Saves exactly what a screen shows, or has it made in the background when that takes long. */
export function useListFile(source: ListSource) {
  const { t } = useI18n();
  const router = useRouter();
  const toast = useToast();
  const problemSentence = useProblemSentence();
  const isBusy = ref(false);

  async function attempt(work: () => Promise<void>): Promise<void> {
    isBusy.value = true;
    try {
      await work();
    } catch (fault) {
      const problem = problemIn(fault);
      const id = problem.requestId === null ? '' : t('states.requestId', { id: problem.requestId });
      toast.add({
        title: t('export.failed'),
        description: `${problemSentence(problem)} ${id}`.trim(),
        color: 'error',
        actions: [{ label: t('states.retry'), onClick: () => void attempt(work) }],
      });
    } finally {
      isBusy.value = false;
    }
  }

  function begin(format: FileFormat): Promise<void> {
    return attempt(async () => {
      const given = Object.entries<QueryValue>({ ...source.query, format }).filter(
        ([, value]) => value !== undefined && value !== '',
      );
      await request<DownloadBody>(source.path, {
        method: 'POST',
        json: Object.fromEntries(given),
      });
      toast.add({
        title: t('downloads.begun'),
        description: t('downloads.begunText'),
        color: 'success',
        actions: [
          { label: t('downloads.show'), onClick: () => void router.push({ name: 'downloads' }) },
        ],
      });
    });
  }

  function save(format: FileFormat): Promise<void> {
    return attempt(async () => {
      const query = { ...source.query, format };
      await download(source.path, `${source.name}.${format}`, { query });
      toast.add({ title: t('export.saved'), color: 'success' });
    });
  }

  /** Whether so many rows are better waited for elsewhere; a printed list is short. */
  function isLong(format: FileFormat): boolean {
    return format !== 'pdf' && (source.count ?? 0) > directRowsMax;
  }

  return { save, begin, isLong, isBusy };
}
