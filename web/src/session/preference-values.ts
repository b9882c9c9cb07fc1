/** The shape of what is kept on the device, and reading it back without trusting it. */
import type { Locale } from '../format.ts';
import {
  columnNames,
  defaultColumns,
  parseWidths,
  type ColumnName,
  type Widths,
} from '../transactions/columns.ts';

export type Theme = 'light' | 'dark' | 'system';
export type Density = 'comfortable' | 'compact';

export interface Preferences {
  theme: Theme;
  locale: Locale;
  hasShortcuts: boolean;
  density: Density;
  columns: ColumnName[];
  widths: Widths;
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
    widths: parseWidths(saved['widths']),
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
