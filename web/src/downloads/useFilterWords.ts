import { useI18n } from 'vue-i18n';
import { cents, formatMoney } from '../../../domain/money.ts';
import type { ClearFilter } from '../../../domain/downloads/clear-filter.ts';
import { formatCount } from '../format.ts';
import { humanise, useWords } from '../words.ts';

/** Fields whose spelling is no name of a sentence. */
const spelled: Readonly<Record<string, string>> = {
  'amountCents[gte]': 'atLeast',
  'amountCents[lte]': 'atMost',
  'createdAt[gte]': 'askedFrom',
  'createdAt[lt]': 'askedBefore',
};

/** Fields that say something by being there; any other `true` stands for what was typed. */
const flags: ReadonlySet<string> = new Set(['needsAttention', 'returnWaits']);

/** Says which list it was, and what was chosen of it, in the language of the reader. */
export function useFilterWords() {
  const { t, te } = useI18n();
  const word = useWords();

  function listName(list: string): string {
    const key = `downloads.list.${list}`;
    return te(key, 'en') ? t(key) : humanise(list);
  }

  function valueOf(field: string, value: ClearFilter[string]): string {
    if (typeof value === 'number' && field.startsWith('amountCents')) {
      return formatMoney(cents(value));
    }
    return Array.isArray(value) ? value.map((one) => word(field, one)).join(', ') : String(value);
  }

  function partOf([field, value]: [string, ClearFilter[string]]): string {
    if (value === true && !flags.has(field)) {
      return t('downloads.filter.words', { value: t('downloads.typed') });
    }
    const key = `downloads.filter.${spelled[field] ?? field}`;
    const words = { value: valueOf(field, value) };
    return te(key, 'en')
      ? t(key, words)
      : t('downloads.filter.other', { field: humanise(field), ...words });
  }

  /** `from 2026-11-01; direction Money in`, or that everything was chosen. */
  function filterWords(filter: ClearFilter): string {
    const parts = Object.entries(filter).map(partOf);
    return parts.length === 0 ? t('downloads.everything') : parts.join('; ');
  }

  function rowWords(count: number): string {
    return t('downloads.rows', { count: formatCount(count) }, count);
  }

  return { listName, filterWords, rowWords };
}
