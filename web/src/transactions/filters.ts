/**
 * The filters of the transaction list and their one spelling: the address bar, the API's query and
 * links from other screens all use the same names, so a link shows exactly the rows it counted.
 */
import { cents, formatMoney } from '../../../domain/money.ts';
import { parseBusinessDate } from '../../../domain/time.ts';
import { parseTag } from '../../../domain/statements/row-marks.ts';
import { channels } from '../../../domain/statements/terms.ts';

export const filterNames = [
  'from',
  'to',
  'direction',
  'channel',
  'category',
  'nature',
  'purpose',
  'accountId',
  'statementId',
  'amountCents[gte]',
  'amountCents[lte]',
  'confidence',
  'tag',
  'q',
] as const;
export type FilterName = (typeof filterNames)[number];
export type Filters = Partial<Record<FilterName, string>>;

export const directionNames = ['in', 'out'] as const;
export const natureNames = ['ordinary', 'charge', 'own-money', 'loan'] as const;
export const confidenceNames = ['certain', 'likely', 'low'] as const;
export const sorts = ['-occurredAt', 'occurredAt', '-amountCents', 'amountCents'] as const;
export type Sort = (typeof sorts)[number];

const isDay = (text: string): boolean => parseBusinessDate(text) !== undefined;
const isSlugs = (text: string): boolean => /^[\w.-]{1,64}(?:,[\w.-]{1,64}){0,19}$/.test(text);
const isCentsText = (text: string): boolean => /^\d{1,15}$/.test(text);
const isOneOf =
  (known: readonly string[]) =>
  (text: string): boolean =>
    known.includes(text);
const areAllOf =
  (known: readonly string[]) =>
  (text: string): boolean =>
    text.split(',').every((part) => known.includes(part));

const rules: Record<FilterName, (text: string) => boolean> = {
  from: isDay,
  to: isDay,
  direction: isOneOf(directionNames),
  channel: areAllOf(channels),
  category: isSlugs,
  nature: areAllOf(natureNames),
  purpose: isSlugs,
  accountId: (text) => /^acc_[0-9a-f]{32}$/.test(text),
  statementId: (text) => /^stm_[0-9a-f]{32}$/.test(text),
  'amountCents[gte]': isCentsText,
  'amountCents[lte]': isCentsText,
  confidence: areAllOf(confidenceNames),
  tag: (text) => text.split(',').every((tag) => parseTag(tag) === tag),
  q: (text) => text.length <= 120,
};

/** Filters of an address; anything a person or an old link got wrong is left out. */
export function parseFilters(query: Readonly<Record<string, unknown>>): Filters {
  const filters: Filters = {};
  for (const name of filterNames) {
    const value = query[name];
    if (typeof value === 'string' && value !== '' && rules[name](value)) filters[name] = value;
  }
  return filters;
}

/** The order of an address; newest first when it names none. */
export function parseSort(value: unknown): Sort {
  return sorts.find((sort) => sort === value) ?? '-occurredAt';
}

/** Filters and order as address parameters; the default order is not written. */
export function toQuery(filters: Filters, sort: Sort): Record<string, string> {
  const query: Record<string, string> = {};
  for (const name of filterNames) {
    const value = filters[name];
    if (value !== undefined && value !== '') query[name] = value;
  }
  if (sort !== '-occurredAt') query['sort'] = sort;
  return query;
}

/** Filters with one changed; an empty text removes it. */
export function withFilter(filters: Filters, name: FilterName, value: string): Filters {
  const { [name]: _removed, ...others } = filters;
  return value === '' ? others : { ...others, [name]: value };
}

/** Adds a word to a list filter or takes it out: `sales` and `sales,rent` ↔ `rent`. */
export function toggleWord(list: string | undefined, word: string): string {
  const words = list === undefined || list === '' ? [] : list.split(',');
  return (words.includes(word) ? words.filter((one) => one !== word) : [...words, word]).join(',');
}

export interface Chip {
  name: FilterName;
  /** For list filters the single word this chip stands for; otherwise the whole value. */
  value: string;
}

const lists: readonly FilterName[] = ['channel', 'category', 'nature', 'confidence', 'tag'];

/** One chip for every single condition, in a fixed order; the text field is not a chip. */
export function chipsOf(filters: Filters): Chip[] {
  return filterNames
    .filter((name) => name !== 'q')
    .flatMap((name) => {
      const value = filters[name];
      if (value === undefined) return [];
      return lists.includes(name)
        ? value.split(',').map((word) => ({ name, value: word }))
        : [{ name, value }];
    });
}

/** The filters without the condition of one chip. */
export function withoutChip(filters: Filters, chip: Chip): Filters {
  const current = filters[chip.name];
  const rest = lists.includes(chip.name) ? toggleWord(current, chip.value) : '';
  return withFilter(filters, chip.name, rest);
}

/** The next order when a header is pressed: descending first, then ascending. */
export function nextSort(sort: Sort, field: 'occurredAt' | 'amountCents'): Sort {
  return sort === `-${field}` ? field : `-${field}`;
}

/** A stored cents filter as money: `150000` → `KES 1,500.00`. */
export function moneyOfFilter(text: string): string {
  return isCentsText(text) ? formatMoney(cents(Number(text))) : text;
}
