/** Parts of a row while somebody types them. */
import type { Transaction } from '../../../api/transactions/schema.ts';
import type { Cents } from '../../../domain/money.ts';
import { formatAmount } from '../../../domain/money.ts';
import { remainder } from '../../../domain/statements/parts.ts';
import { parseShillings } from '../payments/shillings.ts';

export interface DraftPart {
  category: string;
  /** As typed; the one part without gets the rest. */
  amount: string;
  note: string;
}

export interface ReadDraft {
  /** Undefined while the parts are not the whole amount, or one of them has none. */
  parts: { category: string; amountCents: Cents; note: string | null }[] | undefined;
  /** What no part has yet; below zero where they have too much. */
  leftCents: Cents;
}

/** What stands, to be changed; for a row that is not split, two parts to begin with. */
export function draftOf({ category, parts }: Pick<Transaction, 'category' | 'parts'>): DraftPart[] {
  if (parts.length === 0) return [emptyPart(category ?? ''), emptyPart('')];
  return parts.map((part) => ({
    ...{ category: part.category, amount: formatAmount(part.amountCents), note: part.note ?? '' },
  }));
}

export function emptyPart(category: string): DraftPart {
  return { category, amount: '', note: '' };
}

/** Reads amounts as they were typed; the only empty one is what the others leave. */
export function readDraft(totalCents: Cents, draft: readonly DraftPart[]): ReadDraft {
  const amounts = draft.map(({ amount }) => parseShillings(amount));
  const known = amounts.flatMap((amountCents) =>
    amountCents === undefined ? [] : [{ amountCents }],
  );
  const leftCents = remainder(totalCents, known);
  const open = draft.filter(({ amount }) => amount.trim() === '');
  const hasRest = open.length === 1 && known.length === draft.length - 1 && leftCents > 0;
  const parts = draft.map(({ category, note }, place) => ({
    category,
    amountCents: amounts[place] ?? leftCents,
    note: note.trim() === '' ? null : note.trim(),
  }));
  const isWhole = hasRest || (leftCents === 0 && known.length === draft.length);
  const isGood = isWhole && parts.every((part) => part.category !== '' && part.amountCents > 0);
  return { parts: isGood ? parts : undefined, leftCents };
}
