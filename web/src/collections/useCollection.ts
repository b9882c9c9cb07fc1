/**
 * One request for money, live: events of its stream are nudges to read it again, and while the
 * stream cannot be held open it is read again and again instead.
 */
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue';
import type { CollectionDetail } from '../../../api/collections/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { open, request } from '../request.ts';
import { readEventStream } from '../statements/sse.ts';
import { paced } from '../payments/pace.ts';
import { isBeingTold } from '../payments/useTrail.ts';
import { isUndecided } from './collection-face.ts';

/** A stream that is open can still lose a nudge; this is how long that goes unnoticed. */
const checkMs = 15_000;
const retryMs = 3_000;

export function useCollection(collectionId: Ref<string>) {
  const isStreaming = ref(false);
  const pace = paced();
  const query = useQuery({
    queryKey: ['collections', 'one', collectionId],
    queryFn: ({ signal }) =>
      request<CollectionDetail>(`/v1/collections/${collectionId.value}`, { signal }),
    refetchInterval: ({ state: { data } }) => {
      if (data === undefined) return false;
      if (!isUndecided(data.status)) return isBeingTold(data.trail) ? pace(data) : false;
      return isStreaming.value ? checkMs : pace(data);
    },
  });
  const followed = computed(() => {
    const one = query.data.value;
    return one !== undefined && isUndecided(one.status) ? one.id : null;
  });
  useNudges(followed, isStreaming);
  return {
    collection: query.data,
    isLoading: query.isPending,
    isLive: isStreaming,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}

function useNudges(followed: Ref<string | null>, isStreaming: Ref<boolean>): void {
  const queries = useQueryClient();
  let abort: AbortController | undefined;

  async function follow(id: string, signal: AbortSignal): Promise<void> {
    let lastSeq = '0';
    while (!signal.aborted) {
      await stream().catch(() => undefined);
      isStreaming.value = false;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
    async function stream(): Promise<void> {
      const response = await open(`/v1/collections/${id}/events`, {
        headers: { Accept: 'text/event-stream', 'Last-Event-ID': lastSeq },
        signal,
        timeoutMs: 0,
      });
      isStreaming.value = true;
      await readEventStream(response, (event) => {
        if (/^\d+$/.test(event.id)) lastSeq = event.id;
        void queries.invalidateQueries({ queryKey: ['collections'] });
      });
    }
  }

  watch(
    followed,
    (id) => {
      abort?.abort();
      isStreaming.value = false;
      if (id === null) return;
      abort = new AbortController();
      void follow(id, abort.signal);
    },
    { immediate: true },
  );
  onScopeDispose(() => abort?.abort());
}
