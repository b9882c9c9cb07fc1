import { useI18n } from 'vue-i18n';
import { auditActions } from '../../../domain/audit/actions.ts';
import { auditKinds } from '../../../domain/audit/kinds.ts';
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

const kinds = new Map(Object.entries(auditKinds));

/** What a record can be about, as programs write it. */
export const kindCodes = [...kinds.keys()];

/** What a record is about, in the language of the screen. */
export function useKindWords(): (kind: string) => string {
  const { locale } = useI18n();
  return (kind) => kinds.get(kind)?.[locale.value === 'sw' ? 'sw' : 'en'] ?? humanise(kind);
}
