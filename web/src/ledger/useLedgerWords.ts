import { useI18n } from 'vue-i18n';
import { humanise } from '../words.ts';

/** Names accounts, movements and reservations; what no catalogue knows is shown in plain words. */
export function useLedgerWords() {
  const { t, te } = useI18n();
  return function nameOf(list: string, value: string): string {
    // A dot would lead deeper into the catalogue.
    const key = `ledgerWords.${list}.${value.replaceAll('.', '-')}`;
    return te(key, 'en') ? t(key) : humanise(value);
  };
}
