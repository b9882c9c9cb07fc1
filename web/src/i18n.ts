/**
 * The two languages. English is always present, but for the words of the screens behind the first
 * ones, which come with them; Swahili is a chunk of its own, loaded when chosen.
 */
import { createI18n } from 'vue-i18n';
import type { Locale } from './format.ts';
import { first } from './locales/en-first.ts';
import type { en } from './locales/en.ts';

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en: first as typeof en },
  missingWarn: false,
  fallbackWarn: false,
});

/** Switches the language of the page and of the document, loading its words when needed. */
export async function setLanguage(locale: Locale): Promise<void> {
  if (locale === 'sw' && !i18n.global.availableLocales.includes('sw' as 'en')) {
    const { sw } = await import('./locales/sw.ts');
    i18n.global.setLocaleMessage('sw' as 'en', sw as unknown as typeof en);
  }
  i18n.global.locale.value = locale as 'en';
  document.documentElement.lang = locale;
}

/** A screen whose English words are loaded with it. */
export function withItsWords<Screen>(load: () => Promise<Screen>): () => Promise<Screen> {
  return async () => {
    const [screen, { later }] = await Promise.all([load(), import('./locales/en-later.ts')]);
    i18n.global.mergeLocaleMessage('en', later);
    return screen;
  };
}
