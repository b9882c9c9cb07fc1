/**
 * The uniform grammar of list queries: `status=posted,refused` is a list, `amountCents[gte]=100` a
 * bound, `sort=-occurredAt` an order with `-` for descending.
 */
import { z } from 'zod';
import { cents, type Cents } from '../domain/money.ts';
import { parseTag, tagsMax } from '../domain/statements/row-marks.ts';
import { daysBetween, type BusinessDate } from '../domain/time.ts';

/** A comma-separated list of some of the given words; comes out as an array without repeats. */
export function wordList<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z
    .string()
    .max(400)
    .describe(`Comma-separated list of ${words.join(', ')}`)
    .transform((text, context): Words[number][] => {
      const chosen = new Set<Words[number]>();
      for (const part of text.split(',')) {
        const word = words.find((candidate) => candidate === part);
        if (word === undefined) context.issues.push(notOneOf(part, words));
        else chosen.add(word);
      }
      return [...chosen];
    });
}

function notOneOf(input: string, words: readonly string[]) {
  return { code: 'custom' as const, input, message: `must be one or more of ${words.join(', ')}` };
}

/** A comma-separated list of free words, such as categories: letters, digits, `.`, `-` and `_`. */
export const slugList = z
  .string()
  .regex(/^[\w.-]{1,64}(?:,[\w.-]{1,64}){0,19}$/)
  .transform((text) => [...new Set(text.split(','))]);

/** A comma-separated list of tags in any spelling; comes out in the one spelling, without repeats. */
export const tagList = z
  .string()
  .max(900)
  .transform((text, context): string[] => {
    const tags = text.split(',').map(parseTag);
    const known = tags.filter((tag) => tag !== undefined);
    if (known.length < tags.length || known.length > tagsMax) {
      const message = `must be a list of at most ${tagsMax} tags`;
      context.issues.push({ code: 'custom', input: text, message });
    }
    return [...new Set(known)];
  });

/** A whole number of cents in a query. */
export const centsText = z
  .string()
  .regex(/^-?\d{1,15}$/, 'must be a whole number of cents')
  .transform((text): Cents => cents(JSON.parse(text.replace(/^(-?)0+(?=\d)/, '$1'))));

/** A whole number of the range, written in digits only. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

const daysMax = 3660;

/** Refines a query with `from` and `to`: in order, and at most ten years apart. */
export function isPeriod(range: {
  from?: BusinessDate | undefined;
  to?: BusinessDate | undefined;
}): boolean {
  if (range.from === undefined || range.to === undefined) return true;
  const days = daysBetween(range.from, range.to);
  return days >= 0 && days <= daysMax;
}

export const periodRule = {
  path: ['to'],
  message: 'must not be before `from`, nor more than ten years after it',
};

/** Splits `-occurredAt` into its field and direction. */
export function orderOf<Field extends string>(
  sort: Field | `-${Field}`,
  fields: readonly Field[],
): { field: Field; isDescending: boolean } {
  const field = fields.find((candidate) => sort === candidate || sort === `-${candidate}`);
  if (field === undefined) throw new Error(`the schema let an unknown order through: ${sort}`);
  return { field, isDescending: sort.startsWith('-') };
}
