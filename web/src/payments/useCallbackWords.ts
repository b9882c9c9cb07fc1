import { useI18n } from 'vue-i18n';
import { useLedgerWords } from '../ledger/useLedgerWords.ts';

/** Says what became of a callback, and why it was set aside when it was. */
export function useCallbackWords() {
  const { t, te } = useI18n();
  const nameOf = useLedgerWords();
  return function said(state: string, cause: string | null): string {
    const words = nameOf('callback', state);
    if (cause === null) return words;
    const key = `callbacks.cause.${cause}`;
    return `${words} · ${te(key, 'en') ? t(key) : t('callbacks.cause.other', { cause })}`;
  };
}
