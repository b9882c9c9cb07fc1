/** What a person set for themselves on this device: theme, language, shortcuts, table layout. */
import { defineStore } from 'pinia';
import { computed, reactive, watch } from 'vue';
import type { Locale } from '../format.ts';
import { columnNames, defaultColumns, type ColumnName } from '../transactions/columns.ts';

const storageKey = 'daftari.preferences';

export type Theme = 'light' | 'dark' | 'system';
export type Density = 'comfortable' | 'compact';

export interface Preferences {
  theme: Theme;
  locale: Locale;
  hasShortcuts: boolean;
  density: Density;
  columns: ColumnName[];
  isSetupDismissed: boolean;
}

/** What was saved, with everything unknown or missing replaced by its default. */
export function parsePreferences(text: string | null): Preferences {
  const saved = objectOf(text);
  const oneOf = <T extends string>(value: unknown, known: readonly T[], fallback: T): T =>
    known.find((candidate) => candidate === value) ?? fallback;
  const columns = Array.isArray(saved['columns'])
    ? columnNames.filter((name) => (saved['columns'] as unknown[]).includes(name))
    : [];
  return {
    theme: oneOf(saved['theme'], ['light', 'dark', 'system'], 'system'),
    locale: oneOf(saved['locale'], ['en', 'sw'], 'en'),
    hasShortcuts: saved['hasShortcuts'] !== false,
    density: oneOf(saved['density'], ['comfortable', 'compact'], 'comfortable'),
    columns: columns.length === 0 ? [...defaultColumns] : columns,
    isSetupDismissed: saved['isSetupDismissed'] === true,
  };
}

function objectOf(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

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
