import { useI18n } from 'vue-i18n';
import type { Attention } from '../../../api/analytics/schema.ts';
import { formatCount, formatDate, formatPeriod } from '../format.ts';
import { usePreferences } from '../session/usePreferences.ts';

/** Tells a matter in the language of the screen, from its codes and figures. */
export function useAttentionWords() {
  const { t, te } = useI18n();
  const preferences = usePreferences();

  function titleOf(item: Attention): string {
    const key = `attention.${item.kind}`;
    return te(key) ? t(key) : item.title;
  }

  function detailOf(item: Attention): string {
    return t('attention.said', { subject: item.subject, said: saidOf(item) });
  }

  function saidOf({ kind, problem, count, period }: Attention): string {
    const { locale } = preferences.chosen;
    if (period !== null) {
      const days = t('attention.days', { count: formatCount(count) }, count);
      return kind === 'account-gap'
        ? t('attention.gap', { days, period: formatPeriod(period.from, period.to, locale) })
        : t('attention.stale', { days, from: formatDate(period.from, locale) });
    }
    if (kind === 'statement-has-rejects') {
      return t('attention.rows', { count: formatCount(count) }, count);
    }
    if (problem !== null && te(`problems.${problem}`)) return t(`problems.${problem}`);
    return t(kind === 'statement-waiting-review' ? 'attention.lookAtChecks' : 'attention.openIt');
  }

  return { titleOf, detailOf };
}
