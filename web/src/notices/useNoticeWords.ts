import { useI18n } from 'vue-i18n';
import type { Notice } from '../../../api/notices/schema.ts';
import { cents, formatMoney } from '../../../domain/money.ts';
import { businessDate, instantFromEpochMs } from '../../../domain/time.ts';
import { formatCount, formatDate, formatInstant } from '../format.ts';
import { usePreferences } from '../session/usePreferences.ts';

/** Puts a notice into words: codes and figures come from the server, sentences from here. */
export function useNoticeWords() {
  const { t } = useI18n();
  const preferences = usePreferences();

  /** `thresholdCents` as `{threshold}` in shillings, counts with their commas. */
  function namedIn({ figures, amountCents, name, count }: Notice): Record<string, string | number> {
    const named = Object.entries(figures).map(([key, value]) =>
      typeof value !== 'number'
        ? [key, value ?? '']
        : key.endsWith('Cents')
          ? [key.slice(0, -'Cents'.length), formatMoney(cents(value))]
          : [key, formatCount(value)],
    );
    const amount = amountCents === null ? '' : formatMoney(cents(amountCents));
    return { ...Object.fromEntries(named), amount, count, name: name ?? '' };
  }

  function variantOf({ kind, figures }: Notice): string {
    if (kind === 'statement-posted' && figures['verdict'] === 'proven') return 'statement-proven';
    if (kind === 'balance-crossed') return `balance-${String(figures['direction'])}`;
    return kind;
  }

  function titleOf(notice: Notice): string {
    return t(`notices.title.${variantOf(notice)}`, namedIn(notice), notice.count);
  }

  function detailOf(notice: Notice): string {
    return t(`notices.detail.${notice.kind}`, { ...namedIn(notice), ...wordsIn(notice) });
  }

  /** Figures that are codes or days, in words. */
  function wordsIn({ kind, figures }: Notice): Record<string, string> {
    if (kind === 'files-leaving') {
      const day = businessDate(String(figures['day']));
      return { day: formatDate(day, preferences.chosen.locale) };
    }
    if (kind.startsWith('breach-')) {
      const by = instantFromEpochMs(Date.parse(String(figures['by'])));
      return { by: formatInstant(by, preferences.chosen.locale) };
    }
    if (kind === 'account-factor') return { what: t(`notices.factors.${figures['what']}`) };
    if (kind !== 'account-role') return {};
    const roleOf = (when: string) => t(`shell.roles.${figures[when]}`);
    return { before: roleOf('before'), after: roleOf('after') };
  }

  return { titleOf, detailOf };
}
