import { onBeforeUnmount, ref } from 'vue';
import { open } from '../request.ts';

/** A picture only whoever is signed in may see: fetched as a file once, and shown from memory. */
export function usePicture(path: string | null) {
  const address = ref('');
  const isMissing = ref(false);
  const leaving = new AbortController();

  async function load(): Promise<void> {
    if (path === null) return;
    try {
      const answer = await open(path, { signal: leaving.signal, timeoutMs: 60_000 });
      const picture = await answer.blob();
      if (!leaving.signal.aborted) address.value = URL.createObjectURL(picture);
    } catch {
      isMissing.value = true;
    }
  }

  onBeforeUnmount(() => {
    leaving.abort();
    if (address.value !== '') URL.revokeObjectURL(address.value);
  });
  void load();
  return { address, isMissing };
}
