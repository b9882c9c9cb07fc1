import { ref, watch } from 'vue';
import type { Problem } from './request.ts';

/**
 * The version a form was filled in from. It stays while somebody else changes what the form is about,
 * so that the server can tell; after it told, it is the one that is shown by then. `shown` is what of
 * the thing the form is about: while only the rest changes, the form is still good.
 */
export function useSeenVersion<Thing extends { version: string | number }>(
  thing: () => Thing | null | undefined,
  shown: (thing: Thing) => unknown,
  problem: () => Problem | null,
) {
  const seen = ref<Thing['version'] | undefined>(thing()?.version);
  let looked = '';

  /** The form shows what there is now. */
  function look(): void {
    const now = thing();
    seen.value = now?.version;
    looked = textOf(now);
  }
  const textOf = (one: Thing | null | undefined): string =>
    one === null || one === undefined ? '' : JSON.stringify(shown(one));

  look();
  watch([() => problem()?.code, () => thing()?.version], ([code]) => {
    if (code === 'precondition-failed' || textOf(thing()) === looked) look();
  });
  return { seen, look };
}
