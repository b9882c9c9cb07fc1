import { ref } from 'vue';

/** What screen readers hear next; polite, so it never interrupts. */
export const announcement = ref('');

/** Speaks a short sentence. The same sentence twice is spoken twice. */
export function announce(sentence: string): void {
  announcement.value = announcement.value === sentence ? `${sentence}\u00a0` : sentence;
}
