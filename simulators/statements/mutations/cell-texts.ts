/** Amount and date cells in the spelling of a layout, for rows that print what they do not mean. */
import { formatAmount, negate } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import type { CellTexts } from '../draft.ts';
import { plainAmount } from '../layouts/plain-amount.ts';
import type { LayoutName } from '../truth.ts';

/** Both amount cells of a row. */
export function amountCells(
  layout: LayoutName,
  amounts: { inCents: Cents; outCents: Cents },
): Pick<CellTexts, 'paidIn' | 'withdrawn'> {
  const { inCents, outCents } = amounts;
  const blank = layout === 'personal-b' || layout.startsWith('classic') || layout === 'bank-csv';
  const isUnsigned = layout === 'personal-a' || layout === 'bank-csv';
  const print = layout.startsWith('classic') ? plainAmount : formatAmount;
  const text = (amount: Cents): string => (blank && amount === 0 ? '' : print(amount));
  return { paidIn: text(inCents), withdrawn: text(isUnsigned ? outCents : negate(outCents)) };
}

/** A day and time in the order and with the separators of a layout; the day may be impossible. */
export function timeCell(
  layout: LayoutName,
  time: { year: string; month: string; day: string; clock: string },
): string {
  const { year, month, day, clock } = time;
  if (layout.startsWith('classic')) return `${day}-${month}-${year} ${clock}`;
  if (layout.startsWith('newer')) return `${day}/${month}/${year} ${clock}`;
  if (layout === 'bank-csv') return `${day}/${month}/${year}`;
  return `${year}-${month}-${day} ${clock}`;
}
