/** Photos and PDFs of receipts on a row: putting on, taking off, and putting back. */
import { useQueryClient } from '@tanstack/vue-query';
import { ref, watch, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Attachment, TransactionDetail } from '../../../api/transactions/schema.ts';
import { download } from '../download.ts';
import { problemIn, request, type Problem } from '../request.ts';
import { announce } from '../shell/announcer.ts';
import { readyToSend } from './shrink-picture.ts';

export function useAttachments(transactionId: Ref<string>) {
  const { t } = useI18n();
  const queries = useQueryClient();
  const problem = ref<Problem | null>(null);
  const isBusy = ref(false);
  /** The name of the file that is being sent. */
  const sending = ref<string | null>(null);
  /** What was taken off last, and can be put back here. */
  const removed = ref<Attachment | null>(null);
  watch(transactionId, () => (removed.value = null));

  /** What the row is now, for everything that shows it. */
  function show(id: string, now?: TransactionDetail): void {
    if (now !== undefined) queries.setQueryData(['transactions', 'one', id], now);
    else void queries.invalidateQueries({ queryKey: ['transactions', 'one', id] });
    void queries.invalidateQueries({ queryKey: ['transactions', 'history', id] });
  }

  async function trying(work: () => Promise<void>): Promise<void> {
    if (isBusy.value) return;
    isBusy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (fault) {
      problem.value = problemIn(fault);
    } finally {
      isBusy.value = false;
      sending.value = null;
    }
  }

  /** One after the other: what was sent stays when a later one is refused. */
  function attach(files: readonly File[]): Promise<void> {
    const id = transactionId.value;
    return trying(async () => {
      for (const file of files) {
        sending.value = file.name;
        const { body, name } = await readyToSend(file);
        const now = await request<TransactionDetail>(`/v1/transactions/${id}/attachments`, {
          ...{ method: 'POST', body, timeoutMs: 120_000 },
          headers: { 'X-File-Name': encodeURIComponent(name) },
        });
        show(id, now);
        announce(t('attachments.added', { name }));
      }
    });
  }

  function save({ id: attachmentId, fileName }: Attachment): Promise<void> {
    return trying(() => download(`/v1/attachments/${attachmentId}`, fileName, {}));
  }

  function remove(file: Attachment): Promise<void> {
    const id = transactionId.value;
    return trying(async () => {
      await request(`/v1/attachments/${file.id}`, { method: 'DELETE' });
      removed.value = file;
      show(id);
      announce(t('attachments.removed', { name: file.fileName }));
    });
  }

  function restore({ id: attachmentId }: Attachment): Promise<void> {
    const id = transactionId.value;
    return trying(async () => {
      const path = `/v1/attachments/${attachmentId}/restore`;
      show(id, await request<TransactionDetail>(path, { method: 'POST', json: {} }));
      removed.value = null;
      announce(t('attachments.restored'));
    });
  }

  return { attach, save, remove, restore, removed, sending, isBusy, problem };
}
