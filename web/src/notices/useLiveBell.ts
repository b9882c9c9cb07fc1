/**
 * Lets the server tell how many notices wait, while the page is looked at: a page in the background
 * holds no connection, of which a browser has few. While the stream cannot be held open, whoever
 * shows notices asks by the clock instead.
 */
import { useQueryClient } from '@tanstack/vue-query';
import { onScopeDispose, ref, watch } from 'vue';
import { pause } from '../pause.ts';
import { open } from '../request.ts';
import { useSession } from '../session/useSession.ts';
import { readEventStream } from '../statements/sse.ts';

const retryMs = 2_000;
const retryMsMax = 60_000;

/** Whether the server tells; there is one stream for all that show notices. */
export const isBellLive = ref(false);

/** Called once, by what is there as long as somebody is signed in. */
export function useLiveBell(): void {
  const queries = useQueryClient();
  const session = useSession();
  const isLookedAt = ref(document.visibilityState === 'visible');
  const look = () => (isLookedAt.value = document.visibilityState === 'visible');
  let abort: AbortController | undefined;

  function take(data: string): void {
    const { count } = JSON.parse(data) as { count: number };
    queries.setQueryData(['notices', 'unread'], { count });
    void queries.invalidateQueries({ queryKey: ['notices', 'list'] });
  }

  async function stream(signal: AbortSignal): Promise<void> {
    const response = await open('/v1/notices/events', {
      headers: { Accept: 'text/event-stream' },
      signal,
      timeoutMs: 0,
    });
    isBellLive.value = true;
    await readEventStream(response, ({ event, data }) => {
      if (event === 'unread' && !signal.aborted) take(data);
    });
  }

  async function follow(signal: AbortSignal): Promise<void> {
    let waitMs = retryMs;
    while (!signal.aborted) {
      await stream(signal).catch(() => undefined);
      if (signal.aborted) return;
      // One that was open and ended has most likely outlived its token.
      waitMs = isBellLive.value ? retryMs : Math.min(waitMs * 2, retryMsMax);
      isBellLive.value = false;
      await pause(waitMs, signal);
    }
  }

  function stop(): void {
    abort?.abort();
    isBellLive.value = false;
  }

  watch(
    () => (isLookedAt.value ? (session.tenant?.id ?? null) : null),
    (followed) => {
      stop();
      if (followed === null) return;
      abort = new AbortController();
      void follow(abort.signal);
    },
    { immediate: true },
  );
  document.addEventListener('visibilitychange', look);
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', look);
    stop();
  });
}
