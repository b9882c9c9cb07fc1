/**
 * The small schemas every capability is built from. Parsed values are domain types (`Cents`,
 * `Instant`, `BusinessDate`), so nothing past this edge handles bare numbers and strings.
 */
import { z } from 'zod';
import { parseMsisdn, type Msisdn } from '../domain/daraja/msisdn.ts';
import { parsePublicId, type Id, type IdKind } from '../domain/ids.ts';
import { cents, type Cents } from '../domain/money.ts';
import {
  instantFromEpochMs,
  parseBusinessDate,
  type BusinessDate,
  type Instant,
} from '../domain/time.ts';
import { wholeNumber } from './filters.ts';

/** A whole number of cents, signed. */
export const centsSchema = z.int().transform((amount): Cents => cents(amount));

/** RFC 3339 with an offset; comes out in UTC with milliseconds. */
export const instantSchema = z.iso
  .datetime({ offset: true })
  .transform((text): Instant => instantFromEpochMs(Date.parse(text)));

/** A calendar day in Nairobi, `YYYY-MM-DD`. */
export const businessDateSchema = z.iso.date().transform((text, context): BusinessDate => {
  const date = parseBusinessDate(text);
  if (date !== undefined) return date;
  context.issues.push({ code: 'custom', input: text, message: 'must be a day from 1900 to 2199' });
  return z.NEVER;
});

/** An id as clients see it in answers, for example `stm_0190…`. */
export const publicIdSchema = z
  .string()
  .regex(/^[a-z]{2,3}_[0-9a-f]{32}$/)
  .describe('Prefix of the kind and 32 hexadecimal digits');

/** The field of rows for what they name; what stands there is as its own address gives it. */
export const expandedField = z
  .record(z.string(), z.looseObject({}).nullable())
  .optional()
  .describe('What `expand` asked for, by its name; null where the row names none');

/** Which state of a thing this is; another one after every change. */
export const versionSchema = z.string().describe('For If-Match, as W/"…"');

/** An id that clients send: the prefix must fit; comes out as the UUID kept in the database. */
export function idSchema<Kind extends IdKind>(kind: Kind) {
  return z
    .string()
    .max(64)
    .transform((text, context): Id<Kind> => {
      const uuid = parsePublicId(kind, text);
      if (uuid !== undefined) return uuid;
      context.issues.push({ code: 'custom', input: text, message: `must be a ${kind} id` });
      return z.NEVER;
    });
}

/** A Kenyan mobile number in any usual form; comes out as twelve digits. */
export const msisdnSchema = z
  .string()
  .max(40)
  .describe('Like 0712 345 678, +254712345678 or 254712345678')
  .transform((text, context): Msisdn => {
    const parsed = parseMsisdn(text);
    if (parsed.ok) return parsed.msisdn;
    context.issues.push({ code: 'custom', input: text, message: parsed.refusal.message });
    return z.NEVER;
  });

export const currencySchema = z.literal('KES');

/** One page of a list: `nextCursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    data: z.array(item),
    nextCursor: z.string().nullable(),
    hasMore: z.boolean(),
  });
}

/** `cursor` and `limit` of a list; `limit` defaults to 50. */
export function pageQuery(limitMax: number) {
  return {
    cursor: z.string().max(1024).optional(),
    limit: wholeNumber(1, limitMax).default(Math.min(50, limitMax)),
  };
}
