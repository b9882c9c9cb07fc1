/** What a printed list says besides its rows, in the language of the business. */
import type { Language } from '../../domain/tenants/settings.ts';

/** What rows are chosen by; the codes of the values are those of the API and of the other files. */
type Chosen =
  'direction' | 'channel' | 'category' | 'nature' | 'purpose' | 'confidence' | 'tag' | 'account';

export interface PrintedWords {
  columns: Readonly<Record<PrintedColumn, string>>;
  title: string;
  noDays: string;
  period(from: string, to: string): string;
  shown(words: readonly string[]): string;
  /** What stands before the values that were chosen. */
  chosen: Readonly<Record<Chosen, string>>;
  or: string;
  someAccount: string;
  oneStatement: string;
  atLeast(money: string): string;
  atMost(money: string): string;
  withWords(words: string): string;
  sums(figures: { count: number; paidIn: string; withdrawn: string }): string;
  foot(figures: { page: number; pages: number; made: string }): string;
}

export type PrintedColumn =
  'receipt' | 'time' | 'details' | 'counterparty' | 'category' | 'paidIn' | 'withdrawn';

const english: PrintedWords = {
  columns: {
    ...{ receipt: 'Receipt', time: 'Time (Nairobi)', details: 'Details' },
    ...{ counterparty: 'Counterparty', category: 'Category' },
    ...{ paidIn: 'Paid in', withdrawn: 'Withdrawn' },
  },
  title: 'Transactions',
  noDays: 'no days',
  period: (from, to) => `${from} to ${to}`,
  shown: (words) => `Shown: ${words.length === 0 ? 'everything' : words.join('; ')}`,
  chosen: {
    direction: 'direction',
    channel: 'channel',
    category: 'category',
    nature: 'nature',
    purpose: 'purpose',
    confidence: 'confidence',
    tag: 'tag',
    account: 'account',
  },
  or: ' or ',
  someAccount: 'chosen',
  oneStatement: 'one statement',
  atLeast: (money) => `at least ${money}`,
  atMost: (money) => `at most ${money}`,
  withWords: (words) => `with the words "${words}"`,
  sums: ({ count, paidIn, withdrawn }) =>
    `${count} transactions · Paid in ${paidIn} · Withdrawn ${withdrawn}`,
  foot: ({ page, pages, made }) => `Page ${page} of ${pages} · Made ${made} (Nairobi) by Daftari`,
};

const swahili: PrintedWords = {
  columns: {
    ...{ receipt: 'Risiti', time: 'Wakati (Nairobi)', details: 'Maelezo' },
    ...{ counterparty: 'Mhusika', category: 'Kundi' },
    ...{ paidIn: 'Zilizoingia', withdrawn: 'Zilizotoka' },
  },
  title: 'Miamala',
  noDays: 'hakuna siku',
  period: (from, to) => `${from} hadi ${to}`,
  shown: (words) => `Zilizochaguliwa: ${words.length === 0 ? 'zote' : words.join('; ')}`,
  chosen: {
    direction: 'mwelekeo',
    channel: 'njia',
    category: 'kundi',
    nature: 'aina',
    purpose: 'lengo',
    confidence: 'uhakika',
    tag: 'lebo',
    account: 'akaunti',
  },
  or: ' au ',
  someAccount: 'iliyochaguliwa',
  oneStatement: 'taarifa moja',
  atLeast: (money) => `angalau ${money}`,
  atMost: (money) => `isiyozidi ${money}`,
  withWords: (words) => `yenye maneno "${words}"`,
  sums: ({ count, paidIn, withdrawn }) =>
    `Miamala ${count} · Zilizoingia ${paidIn} · Zilizotoka ${withdrawn}`,
  foot: ({ page, pages, made }) =>
    `Ukurasa ${page} wa ${pages} · Imetengenezwa ${made} (Nairobi) na Daftari`,
};

export const printedWords: Readonly<Record<Language, PrintedWords>> = { en: english, sw: swahili };
