import { useI18n } from 'vue-i18n';
import { auditActions } from '../../../domain/audit/actions.ts';
import { humanise } from '../words.ts';

const sentences = new Map(Object.entries(auditActions));

/** Every action of the audit trail as programs write it. */
export const actionCodes = [...sentences.keys()].sort();

/** What was done, in the language of the screen; words of an older version are only spaced out. */
export function useActionWords(): (action: string) => string {
  const { locale } = useI18n();
  return (action) =>
    sentences.get(action)?.[locale.value === 'sw' ? 'sw' : 'en'] ?? humanise(action);
}
