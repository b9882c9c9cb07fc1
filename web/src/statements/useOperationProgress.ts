/**
 * Follows an operation live: events first, polling when the stream cannot be held open. The stream
 * is resumed after the last event seen, so nothing is missed and nothing counts twice.
 */
import { useQueryClient } from '@tanstack/vue-query';
import { onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import type { Operation } from '../../../api/operations/schema.ts';
import { pause } from '../pause.ts';
import { open, request } from '../request.ts';
import {
  applyEvent,
  applyOperation,
  noProgress,
  parseOperationEvent,
  type OperationProgress,
} from './operation-progress.ts';
import { readEventStream } from './sse.ts';

const streamFailuresMax = 3;
const pollEveryMs = 2000;
const retryBaseMs = 800;

export function useOperationProgress(operationId: Ref<string | null>) {
  const queries = useQueryClient();
  const progress = shallowRef<OperationProgress>(noProgress);
  let abort: AbortController | undefined;

  function take(next: OperationProgress): void {
    const before = progress.value;
    if (next === before) return;
    progress.value = next;
    const hasMoved =
      next.marks.length !== before.marks.length ||
      next.status !== before.status ||
      next.waiting?.problem !== before.waiting?.problem;
    if (hasMoved) void queries.invalidateQueries({ queryKey: ['statements'] });
    if (next.isFinished) {
      for (const key of ['overview', 'transactions', 'accounts']) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
    }
  }

  async function stream(id: string, signal: AbortSignal): Promise<void> {
    const response = await open(`/v1/operations/${id}/events`, {
      headers: { Accept: 'text/event-stream', 'Last-Event-ID': String(progress.value.lastSeq) },
      signal,
      timeoutMs: 0,
    });
    await readEventStream(response, (event) => {
      const known = parseOperationEvent(event);
      if (known !== undefined && !signal.aborted) take(applyEvent(progress.value, known));
    });
  }

  async function poll(id: string, signal: AbortSignal): Promise<void> {
    take(
      applyOperation(progress.value, await request<Operation>(`/v1/operations/${id}`, { signal })),
    );
  }

  async function follow(id: string, signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted && !progress.value.isFinished) {
      const seqBefore = progress.value.lastSeq;
      const isPolling = failures >= streamFailuresMax && failures % 10 !== 0;
      await (isPolling ? poll(id, signal) : stream(id, signal)).catch(() => undefined);
      failures = progress.value.lastSeq > seqBefore ? 0 : failures + 1;
      if (signal.aborted || progress.value.isFinished) return;
      await pause(isPolling ? pollEveryMs : retryBaseMs * Math.min(failures + 1, 4), signal);
    }
  }

  watch(
    operationId,
    (id) => {
      abort?.abort();
      progress.value = noProgress;
      if (id === null) return;
      abort = new AbortController();
      void follow(id, abort.signal);
    },
    { immediate: true },
  );
  onScopeDispose(() => abort?.abort());

  return { progress };
}
