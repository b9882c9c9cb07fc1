/**
 * Keeps what is typed between the key that opens a field and the moment the field has the focus:
 * its code may still be on its way, and letters must neither be lost nor act as shortcuts.
 */
import { isTypingIn } from './useShortcuts.ts';

/** After this nobody is still typing for the field; it may have failed to load. */
const patienceMs = 5_000;

/** Collects letters until a text field gets the focus, then tells them. */
export function typeAhead(tell: (text: string) => void): void {
  let text = '';

  function onKey(event: KeyboardEvent): void {
    if (isTypingIn(event.target)) return;
    if (event.key === 'Escape') stop();
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
    text += event.key;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function onFocus({ target }: FocusEvent): void {
    if (!(target instanceof HTMLInputElement) || !isTypingIn(target)) return;
    stop();
    if (text !== '') tell(text);
  }

  function stop(): void {
    window.removeEventListener('keydown', onKey, true);
    window.removeEventListener('focusin', onFocus);
    clearTimeout(timer);
  }

  const timer = setTimeout(stop, patienceMs);
  window.addEventListener('keydown', onKey, true);
  window.addEventListener('focusin', onFocus);
}
