/**
 * The upload queue. It outlives the screen, so leaving for the overview does not stop a file. A
 * password marked "same for all" is kept here, in memory, until the queue is empty.
 */
import { useQueryClient, type QueryClient } from '@tanstack/vue-query';
import { reactive, ref } from 'vue';
import { problemIn } from '../request.ts';
import { sendFile } from './send-file.ts';
import { canRetry, startable, uploadItem, type UploadItem } from './upload-queue.ts';

const items = ref<UploadItem[]>([]);
const files = new Map<string, { file: File; abort: AbortController }>();
const shared = reactive<{ password: string | null }>({ password: null });

function patch(key: string, change: Partial<UploadItem>): void {
  items.value = items.value.map((item) => (item.key === key ? { ...item, ...change } : item));
}

function pump(queries: QueryClient): void {
  for (const item of startable(items.value)) {
    patch(item.key, { state: 'sending', sentBytes: 0, problem: null });
    void send(item, queries);
  }
}

async function send(item: UploadItem, queries: QueryClient): Promise<void> {
  const held = files.get(item.key);
  if (held === undefined) return;
  try {
    const answer = await sendFile({
      file: held.file,
      password: /\.pdf$/i.test(item.name) ? shared.password : null,
      idempotencyKey: item.key,
      onProgress: (sentBytes) => patch(item.key, { sentBytes }),
      signal: held.abort.signal,
    });
    patch(item.key, {
      state: 'accepted',
      sentBytes: item.sizeBytes,
      statementId: answer.statement.id,
      operationId: answer.operation.id,
      isDuplicate: answer.duplicate,
    });
    files.delete(item.key);
    void queries.invalidateQueries({ queryKey: ['statements'] });
  } catch (fault) {
    const isCancelled = held.abort.signal.aborted;
    patch(
      item.key,
      isCancelled ? { state: 'cancelled' } : { state: 'failed', problem: problemIn(fault) },
    );
  }
  pump(queries);
}

export function useUploads() {
  const queries = useQueryClient();

  function add(chosen: Iterable<File>): void {
    for (const file of chosen) {
      const key = crypto.randomUUID();
      files.set(key, { file, abort: new AbortController() });
      items.value = [...items.value, uploadItem(key, file)];
    }
    pump(queries);
  }

  function cancel(key: string): void {
    files.get(key)?.abort.abort();
    const item = items.value.find((one) => one.key === key);
    if (item?.state === 'queued') patch(key, { state: 'cancelled' });
  }

  function retry(key: string): void {
    const item = items.value.find((one) => one.key === key);
    const held = files.get(key);
    if (item === undefined || held === undefined || !canRetry(item)) return;
    files.set(key, { file: held.file, abort: new AbortController() });
    patch(key, { state: 'queued', sentBytes: 0, problem: null });
    pump(queries);
  }

  function dismiss(key: string): void {
    files.delete(key);
    items.value = items.value.filter((item) => item.key !== key);
    if (items.value.length === 0) shared.password = null;
  }

  return { items, shared, add, cancel, retry, dismiss };
}
