import { computed } from 'vue';
import { usePreferences } from '../session/usePreferences.ts';
import type { ChartColors } from './cash-flow-option.ts';

/** The theme's colours as the canvas needs them; read again when the theme changes. */
export function useChartColors() {
  const preferences = usePreferences();
  return computed<ChartColors>(() => {
    // Reading the theme here makes the colours follow it.
    document.documentElement.classList.toggle('dark', preferences.isDark);
    const style = getComputedStyle(document.documentElement);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    return {
      ink: color('--ink'),
      inkSoft: color('--ink-soft'),
      rule: color('--rule'),
      sheet: color('--sheet'),
      accent: color('--accent'),
      margin: color('--margin'),
    };
  });
}
