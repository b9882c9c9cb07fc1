/** What a person set for themselves on this device: theme, language, shortcuts, table layout. */
import { defineStore } from 'pinia';
import { computed, reactive, watch } from 'vue';
import { parsePreferences } from './preference-values.ts';

const storageKey = 'daftari.preferences';

function readSaved(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

export const usePreferences = defineStore('preferences', () => {
  const chosen = reactive(parsePreferences(readSaved()));
  const systemDark = matchMedia('(prefers-color-scheme: dark)');
  const system = reactive({ isDark: systemDark.matches });
  systemDark.addEventListener('change', (event) => (system.isDark = event.matches));

  const isDark = computed(
    () => chosen.theme === 'dark' || (chosen.theme === 'system' && system.isDark),
  );

  watch(
    isDark,
    (dark) => {
      document.documentElement.classList.toggle('dark', dark);
      const color = dark ? '#0b211b' : '#153a31';
      document.querySelector('meta[name="theme-color"]')?.setAttribute('content', color);
    },
    { immediate: true },
  );
  watch(chosen, (value) => {
    try {
      localStorage.setItem(storageKey, JSON.stringify(value));
    } catch {
      // A private window may refuse storage; the choice then holds until the page closes.
    }
  });

  return { chosen, isDark };
});
