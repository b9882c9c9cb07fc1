import { z } from 'zod';
import { categories } from '../../domain/categories/terms.ts';
import { cents, type Cents } from '../../domain/money.ts';
import { attachmentKinds } from '../../domain/statements/attachments.ts';
import { noteLengthMax, parseTag, tagsMax } from '../../domain/statements/row-marks.ts';
import { partNoteLengthMax, partsMax, partsMin } from '../../domain/statements/parts.ts';
import { channels } from '../../domain/statements/terms.ts';
import {
  businessDateSchema,
  centsSchema,
  currencySchema,
  expandedField,
  instantSchema,
  pageOf,
  publicIdSchema,
  versionSchema,
} from '../primitives.ts';

export const directions = ['in', 'out'] as const;
export const natures = ['ordinary', 'charge', 'own-money', 'loan'] as const;
export const confidences = ['certain', 'likely', 'low'] as const;
export const counterpartyKinds = [
  'person',
  'business',
  'agent',
  'bank',
  'operator',
  'own-account',
  'unknown',
] as const;

export const counterparty = z
  .strictObject({
    kind: z.enum(counterpartyKinds),
    name: z.string().nullable(),
    msisdn: z.string().nullable().describe('As printed, masked'),
    shortcode: z.string().nullable(),
    accountReference: z.string().nullable(),
  })
  .meta({ id: 'Counterparty' });

const statementPlace = z.strictObject({
  id: publicIdSchema,
  fileName: z.string(),
  page: z.int(),
  line: z.int(),
});

const transactionFields = {
  id: publicIdSchema,
  receipt: z.string(),
  occurredAt: instantSchema,
  businessDate: businessDateSchema,
  direction: z.enum(directions),
  amountCents: centsSchema,
  currency: currencySchema,
  balanceCents: centsSchema.nullable(),
  details: z.string(),
  purpose: z.string(),
  channel: z.enum(channels),
  nature: z.enum(natures),
  category: z.string().nullable(),
  categoryReason: z.string().nullable(),
  confidence: z.enum(confidences),
  counterparty: counterparty.nullable(),
  account: z.strictObject({ id: publicIdSchema, label: z.string() }),
  statement: statementPlace.nullable(),
  parentId: publicIdSchema
    .nullable()
    .describe('The transaction this charge or reversal belongs to'),
  tags: z.array(z.string()).readonly().describe('Words people put on it'),
  note: z.string().nullable().describe('What people wrote about it'),
  parts: z
    .array(
      z.strictObject({
        category: z.string(),
        amountCents: centsSchema,
        note: z.string().nullable(),
      }),
    )
    .readonly()
    .describe('Of a row whose category is `split`; they sum to its amount'),
  expanded: expandedField,
};

/** Money that moved, posted from a statement. */
export const transaction = z.strictObject(transactionFields).meta({ id: 'Transaction' });
export type Transaction = z.infer<typeof transaction>;

const attachment = z
  .strictObject({
    id: publicIdSchema,
    fileName: z.string(),
    kind: z.enum(attachmentKinds),
    sizeBytes: z.int(),
    createdAt: instantSchema,
  })
  .meta({ id: 'Attachment' });
export type Attachment = z.infer<typeof attachment>;

/** A transaction with its charges, the row as printed, and every statement that shows it. */
export const transactionDetail = z
  .strictObject({
    ...transactionFields,
    children: z.array(
      z.strictObject({ id: publicIdSchema, amountCents: centsSchema, purpose: z.string() }),
    ),
    raw: z.string(),
    reason: z.string(),
    reasonSw: z.string().nullable().describe('The same in Swahili'),
    categoryReasonSw: z.string().nullable().describe('The same in Swahili'),
    sources: z.array(statementPlace),
    attachments: z.array(attachment).describe('Photos and PDFs people put on it'),
    version: versionSchema.describe('Of category, tags, note and parts'),
  })
  .meta({ id: 'TransactionDetail' });
export type TransactionDetail = z.infer<typeof transactionDetail>;

const category = z.enum(categories);

export const categoryRequest = z
  .strictObject({
    category,
    was: z.string().max(64).nullable().describe('The category you saw; `null` for none yet'),
  })
  .meta({ id: 'CategoryRequest' });

const part = z.strictObject({
  category,
  amountCents: z
    .int()
    .positive()
    .transform((amount): Cents => cents(amount)),
  note: z.string().trim().max(partNoteLengthMax).nullable().default(null),
});

export const splitRequest = z
  .strictObject({
    parts: z.array(part).min(partsMin).max(partsMax).describe('Together the amount of the row'),
    was: z.string().max(64).nullable().describe('The category you saw; `null` for none yet'),
  })
  .meta({ id: 'SplitRequest' });

/** The row as it is now, and the change that made it so. */
export const categoryChanged = z
  .strictObject({
    changeId: publicIdSchema.describe('Takes it back'),
    transaction: transactionDetail,
  })
  .meta({ id: 'CategoryChanged' });
export type CategoryChanged = z.infer<typeof categoryChanged>;

const tag = z.string().transform((text, context) => {
  const parsed = parseTag(text);
  if (parsed !== undefined) return parsed;
  const message = 'must be letters, digits and hyphens, at most 40, and no number of a person';
  context.issues.push({ code: 'custom', input: text, message });
  return z.NEVER;
});
/** Tags in any spelling, each once. */
export const tags = z
  .array(tag)
  .max(tagsMax)
  .transform((all) => [...new Set(all)]);
const someTags = tags.default([]);

export const marksRequest = z
  .strictObject({
    add: someTags.describe('Tags to put on; those it has already stay'),
    remove: someTags.describe('Tags to take off'),
    note: z
      .string()
      .trim()
      .max(noteLengthMax)
      .nullable()
      .optional()
      .describe('The note from now on; `null` for none, left out to leave it as it is'),
  })
  .meta({ id: 'MarksRequest' });

const at = instantSchema;
const choice = {
  changeId: publicIdSchema,
  category: z.string().nullable().describe('From then on'),
  was: z.string().nullable().describe('Before'),
  actor: z.string(),
  actorName: z.string().nullable(),
};

/** Which statements brought a row, and what people changed of it; newest first. */
export const transactionHistory = z
  .strictObject({
    data: z.array(
      z.discriminatedUnion('kind', [
        z.strictObject({
          ...{ kind: z.literal('posted'), at, statementId: publicIdSchema, fileName: z.string() },
        }),
        z.strictObject({ kind: z.literal('categorised'), at, ...choice }),
        z.strictObject({ kind: z.literal('taken-back'), at, ...choice }),
        z.strictObject({
          ...{ kind: z.literal('marked'), at, added: z.int(), removed: z.int() },
          note: z.enum(['kept', 'written', 'removed']),
          ...{ actor: z.string(), actorName: z.string().nullable() },
        }),
        z.strictObject({
          ...{ kind: z.literal('attachment'), at, deed: z.enum(['added', 'removed', 'restored']) },
          ...{ actor: z.string(), actorName: z.string().nullable() },
        }),
        z.strictObject({
          ...{ kind: z.literal('typed'), at, actor: z.string(), actorName: z.string().nullable() },
        }),
      ]),
    ),
  })
  .meta({ id: 'TransactionHistory' });
export type TransactionHistory = z.infer<typeof transactionHistory>;

export const transactionPage = pageOf(transaction).meta({ id: 'TransactionPage' });
export type TransactionPage = z.infer<typeof transactionPage>;

/** Count and sums of exactly the rows a filter selects. */
export const transactionSummary = z
  .strictObject({
    count: z.int().nonnegative(),
    inCents: centsSchema,
    outCents: centsSchema,
    currency: currencySchema,
  })
  .meta({ id: 'TransactionSummary' });
export type TransactionSummary = z.infer<typeof transactionSummary>;

/** What a row of a statement proves. */
export const linkedPayments = z
  .strictObject({
    data: z.array(
      z.strictObject({
        kind: z.enum(['collection', 'receivedPayment', 'disbursement', 'paymentLink']),
        id: publicIdSchema,
        title: z.string().describe('Its reference, receipt, masked payee or title'),
        status: z.string(),
        amountCents: centsSchema,
        currency: currencySchema,
      }),
    ),
  })
  .meta({ id: 'LinkedPayments' });
export type LinkedPayments = z.infer<typeof linkedPayments>;
