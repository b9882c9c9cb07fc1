import { useI18n } from 'vue-i18n';

/** A value of an open list in plain words even when no catalogue knows it: `own-money` → `Own money`. */
export function humanise(value: string): string {
  const spaced = value.replace(/[-_.]+/g, ' ').trim();
  return spaced.slice(0, 1).toUpperCase() + spaced.slice(1);
}

/** Names values that come from the server (channels, statuses, reasons) in the chosen language. */
export function useWords() {
  const { t, te } = useI18n();
  return function word(list: string, value: string): string {
    const key = `words.${list}.${value}`;
    return te(key, 'en') ? t(key) : humanise(value);
  };
}
