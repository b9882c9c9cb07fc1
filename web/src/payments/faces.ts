import type { RouteLocationRaw } from 'vue-router';
import type { Cents } from '../../../domain/money.ts';

/** A state in one word, with an icon and a colour that never stand alone. */
export interface Face {
  text: string;
  icon: string;
  tone: string;
}

export const tones = {
  good: 'bg-accent-wash text-accent',
  bad: 'bg-margin-wash text-margin',
  waits: 'bg-ochre-wash text-ochre',
  calm: 'bg-wash text-ink-soft',
} as const;

/** One line of a list of money, as tables and cards draw it. */
export interface MoneyRow {
  id: string;
  to: RouteLocationRaw;
  title: string;
  about: string;
  face: Face;
  at: string;
  amountCents: Cents;
}

/** One entry of a timeline. */
export interface Moment {
  key: string | number;
  at: string;
  title: string;
  detail: string | null;
}
