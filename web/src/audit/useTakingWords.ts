import { useI18n } from 'vue-i18n';
import type { AuditRecord } from '../../../api/audit/schema.ts';
import { clearFilter } from '../../../domain/downloads/clear-filter.ts';
import { useFilterWords } from '../downloads/useFilterWords.ts';

/** What the record says that a list was taken along, as a sentence; undefined for all others. */
export function useTakingWords() {
  const { t } = useI18n();
  const { listName, filterWords, rowWords } = useFilterWords();
  return function takingWords({ action, objectId, detail }: AuditRecord): string | undefined {
    if (action !== 'list.download') return undefined;
    const { format, rows, isWhole, filter } = detail;
    const chosen = typeof filter === 'object' && filter !== null ? filter : {};
    return t(isWhole === false ? 'downloads.broken' : 'downloads.taken', {
      list: listName(objectId),
      format: String(format).toUpperCase(),
      rows: rowWords(Number(rows)),
      filter: filterWords(clearFilter({ ...chosen })),
    });
  };
}
