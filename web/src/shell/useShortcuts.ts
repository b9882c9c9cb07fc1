import { onBeforeUnmount, onMounted } from 'vue';
import { useRouter } from 'vue-router';
import { usePreferences } from '../session/usePreferences.ts';
import { readKey, type ChordState, type Deed } from './shortcuts.ts';

/** Whether keys belong to a field right now, so that letters must stay letters. */
export function isTypingIn(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button)$/.test(target.type);
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName);
}

/** Listens for the shell's keys; `openHelp` and `openPalette` are what the shell does itself. */
export function useShortcuts(shell: { openHelp: () => void; openPalette: () => void }): void {
  const router = useRouter();
  const preferences = usePreferences();
  let state: ChordState = { openedAtMs: null };

  function perform(deed: Deed): void {
    if (deed.kind === 'go') void router.push({ name: deed.route });
    if (deed.kind === 'help') shell.openHelp();
    if (deed.kind === 'palette') shell.openPalette();
    if (deed.kind === 'search') {
      const field = document.querySelector<HTMLInputElement>('[data-search]');
      if (field === null) shell.openPalette();
      else field.focus();
    }
  }

  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    const isOverlayOpen = document.querySelector('[role="dialog"]') !== null;
    const press = {
      key: event.key,
      hasModifier: event.ctrlKey || event.metaKey || event.altKey,
      isCommand: event.ctrlKey || event.metaKey,
      isTyping: isTypingIn(event.target) || isOverlayOpen,
      atMs: event.timeStamp,
    };
    const result = readKey(state, press, preferences.chosen.hasShortcuts);
    state = result.state;
    if (result.deed === null) return;
    event.preventDefault();
    perform(result.deed);
  }

  onMounted(() => window.addEventListener('keydown', onKey));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey));
}
