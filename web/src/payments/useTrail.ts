import { useI18n } from 'vue-i18n';
import type { ShownTrailEntry } from '../../../api/payment-trail.ts';
import { formatMoney } from '../../../domain/money.ts';
import type { Instant } from '../../../domain/time.ts';
import { useLedgerWords } from '../ledger/useLedgerWords.ts';
import type { Moment } from './faces.ts';
import { useCallbackWords } from './useCallbackWords.ts';

/** An entry of a timeline with the instant it is put in order by. */
export interface DatedMoment extends Moment {
  on: Instant;
}

/** Several timelines as one, oldest first; what happened at the same instant stays in their order. */
export function inOrder(...lists: readonly (readonly DatedMoment[])[]): DatedMoment[] {
  return lists.flat().sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

/** An event of it has not left yet, which takes a moment after everything else has ended. */
export function isBeingTold(trail: readonly ShownTrailEntry[]): boolean {
  return trail.some(({ kind, endedAt }) => kind === 'event' && endedAt === null);
}

/** Says what the trail of a payment holds: callbacks, questions, held money, postings and events. */
export function useTrail() {
  const { t } = useI18n();
  const nameOf = useLedgerWords();
  const callbackSaid = useCallbackWords();

  function detailOf({ kind, what, detail, endedAt, amountCents }: ShownTrailEntry): string {
    const amount = amountCents === null ? [] : [formatMoney(amountCents)];
    switch (kind) {
      case 'callback':
        return callbackSaid(what, detail);
      case 'question':
        return t(endedAt === null ? 'payments.trail.unanswered' : 'payments.trail.answered');
      case 'hold':
        return [...amount, nameOf('reservation', what)].join(' · ');
      case 'posting':
        return [nameOf('movement', what), ...amount, ...(detail ? [detail] : [])].join(' · ');
      case 'event':
        return endedAt === null ? `${what} · ${t('payments.trail.waits')}` : what;
    }
  }

  return function momentsOf(
    trail: readonly ShownTrailEntry[],
    when: (at: Instant) => string,
  ): DatedMoment[] {
    return trail.map((entry) => {
      // An event is told when it leaves, not when its transaction began.
      const on = entry.kind === 'event' ? (entry.endedAt ?? entry.at) : entry.at;
      const title = t(`payments.trail.${entry.kind}`);
      return { key: `${entry.kind}/${entry.id}`, on, at: when(on), title, detail: detailOf(entry) };
    });
  };
}
