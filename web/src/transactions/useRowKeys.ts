import { onBeforeUnmount, onMounted } from 'vue';
import { usePreferences } from '../session/usePreferences.ts';
import { isTypingIn } from '../shell/useShortcuts.ts';

/** `j`, `k`, Enter, Esc and keys of its own on the list; they rest while typing, and when shortcuts are off. */
export function useRowKeys(list: {
  step: (by: number) => void;
  open: () => void;
  close: () => void;
  /** What further keys of this list do. */
  keys?: Readonly<Record<string, () => unknown>>;
  isOpen: () => boolean;
}): void {
  const preferences = usePreferences();

  function onKey(event: KeyboardEvent): void {
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    if (event.defaultPrevented || hasModifier || !preferences.chosen.hasShortcuts) return;
    if (isTypingIn(event.target) || hasForeignDialog(list.isOpen())) return;
    if (event.key === 'j') list.step(1);
    else if (event.key === 'k') list.step(-1);
    else if (list.keys?.[event.key] !== undefined) list.keys[event.key]?.();
    else if (event.key === 'Enter' && !list.isOpen() && !isControl(event.target)) list.open();
    else if (event.key === 'Escape' && list.isOpen()) list.close();
    else return;
    event.preventDefault();
  }

  onMounted(() => window.addEventListener('keydown', onKey));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey));
}

function hasForeignDialog(isRowOpen: boolean): boolean {
  return document.querySelectorAll('[role="dialog"]').length > (isRowOpen ? 1 : 0);
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a, summary') !== null;
}
