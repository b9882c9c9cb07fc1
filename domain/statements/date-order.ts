/**
 * Decides for a whole file whether dates such as `05/11/2026` begin with the day or the month. The
 * day encoded in each receipt is the best witness; without it, dates that only parse one way decide.
 */
import { compareReceiptDay } from './receipts.ts';
import { parseCompletionTime } from './times.ts';
import type { DateOrder } from './times.ts';

export type DateOrderDecision = DateOrder | 'ambiguous' | 'none';

export interface DateSample {
  text: string;
  receipt: string;
}

export interface DateOrderVotes {
  /** Counts one row; texts that parse in no order are left to be rejected one by one. */
  add(sample: DateSample): void;
  /** `ambiguous`: witnesses are missing or contradict each other, so a person has to say. */
  decide(): DateOrderDecision;
}

/** Collects witnesses row by row in constant memory. */
export function createDateOrderVotes(): DateOrderVotes {
  const votes = { yearFirst: 0, dayOnly: 0, monthOnly: 0, either: 0, undecided: 0 };
  const receipts = { day: 0, month: 0 };
  return {
    add({ text, receipt }) {
      if (parseCompletionTime(text, 'year-first').ok) {
        votes.yearFirst += 1;
        return;
      }
      const asDay = parseCompletionTime(text, 'day-first');
      const asMonth = parseCompletionTime(text, 'month-first');
      if (asDay.ok && asMonth.ok && asDay.value === asMonth.value) votes.either += 1;
      else if (asDay.ok && asMonth.ok) votes.undecided += 1;
      else if (asDay.ok) votes.dayOnly += 1;
      else if (asMonth.ok) votes.monthOnly += 1;
      if (asDay.ok && asMonth.ok && asDay.value === asMonth.value) return;
      if (asDay.ok && agrees(receipt, asDay.value)) receipts.day += 1;
      if (asMonth.ok && agrees(receipt, asMonth.value)) receipts.month += 1;
    },
    decide() {
      if (receipts.day > 0 || receipts.month > 0) {
        if (receipts.day > 0 && receipts.month > 0) return 'ambiguous';
        return receipts.day > 0 ? 'day-first' : 'month-first';
      }
      if (votes.dayOnly > 0 && votes.monthOnly > 0) return 'ambiguous';
      if (votes.dayOnly > 0) return 'day-first';
      if (votes.monthOnly > 0) return 'month-first';
      if (votes.undecided > 0) return 'ambiguous';
      if (votes.either > 0) return 'day-first';
      return votes.yearFirst > 0 ? 'year-first' : 'none';
    },
  };
}

function agrees(receipt: string, completedAt: Parameters<typeof compareReceiptDay>[1]): boolean {
  const match = compareReceiptDay(receipt.trim().toUpperCase(), completedAt);
  return match === 'same' || match === 'adjacent';
}

/** The date order of a file from its rows; see `createDateOrderVotes` to count while streaming. */
export function decideDateOrder(samples: Iterable<DateSample>): DateOrderDecision {
  const votes = createDateOrderVotes();
  for (const sample of samples) votes.add(sample);
  return votes.decide();
}
