/** Shapes of money out as clients see them; numbers of payees are masked. */
import { z } from 'zod';
import { disbursementKinds, shownStatuses } from '../../domain/disbursements/terms.ts';
import { cents, type Cents } from '../../domain/money.ts';
import { returnStatuses, wordStatuses } from '../../domain/waiting.ts';
import { paymentTrail } from '../payment-trail.ts';
import {
  currencySchema,
  idSchema,
  instantSchema,
  msisdnSchema,
  pageOf,
  publicIdSchema,
  expandedField,
} from '../primitives.ts';
import { wordFields } from '../words-of-two.ts';

const shortcodeNumber = z.string().regex(/^\d{5,7}$/, 'must be a business number of 5 to 7 digits');

/** Whole shillings: M-PESA moves no cents. */
export const payoutAmount = z
  .int()
  .min(100)
  .max(25_000_000)
  .multipleOf(100, 'must be whole shillings')
  .transform((amount): Cents => cents(amount));

const plainText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters');

export const payeeRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('msisdn'), msisdn: msisdnSchema }),
  z.strictObject({
    kind: z.literal('pay-bill'),
    number: shortcodeNumber,
    accountReference: z
      .string()
      .trim()
      .regex(/^[\w./-]{1,13}$/),
  }),
  z.strictObject({ kind: z.literal('till'), number: shortcodeNumber }),
  z.strictObject({ kind: z.literal('tax'), registrationNumber: z.string().regex(/^\d{6,20}$/) }),
]);

/** Kinds a client may ask for; a reversal is asked for as a refund. */
export const requestKinds = disbursementKinds.filter((kind) => kind !== 'reversal');
export const payoutKindSchema = z.enum(requestKinds);

export const payoutTexts = {
  payeeName: plainText(100).default(''),
  remarks: plainText(100).default('').describe('Shown to the payee by M-PESA'),
  reference: plainText(64).nullable().default(null).describe('Your own reference; searchable'),
};

export const disbursementRequest = z.strictObject({
  shortcodeId: idSchema('shortcode'),
  kind: payoutKindSchema,
  amountCents: payoutAmount,
  payee: payeeRequest,
  ...payoutTexts,
});

const payeeView = z.strictObject({
  kind: z.enum(['msisdn', 'pay-bill', 'till', 'tax', 'payer']),
  /** `2547******78`, or the number of the business. */
  masked: z.string(),
  name: z.string(),
});

const timelineView = z.strictObject({
  status: z.enum(shownStatuses),
  at: instantSchema,
  by: z.string(),
  note: z.string().nullable(),
});

const refusalView = z.strictObject({
  code: z.string(),
  providerCode: z.string().nullable(),
  /** What happened, in words for people. */
  detail: z.string(),
  detailSw: z.string().nullable().describe('The same in Swahili; null where a person wrote it'),
});

export const disbursement = z
  .strictObject({
    id: publicIdSchema,
    kind: z.enum(disbursementKinds),
    purpose: z.enum(['payout', 'refund']),
    shortcodeId: publicIdSchema,
    status: z.enum(shownStatuses),
    amountCents: z.int(),
    returnedCents: z.int().describe('How much of it M-PESA gave back'),
    chargeCents: z.int().describe('What M-PESA is expected to charge the business'),
    currency: currencySchema,
    payee: payeeView,
    remarks: z.string(),
    reference: z.string().nullable(),
    batchId: publicIdSchema.nullable(),
    batchRow: z.int().nullable(),
    requestedBy: z.string(),
    approvedBy: z.string().nullable(),
    approvalReasons: z.array(z.string()),
    approvalReasonsSw: z.array(z.string().nullable()).describe('The same in Swahili'),
    receipt: z.string().nullable(),
    refusal: refusalView.nullable(),
    isDisputed: z.boolean().describe('Witnesses disagree; a person should look'),
    needsAttention: z.boolean(),
    canCancel: z.boolean(),
    runUrl: z.url(),
    createdAt: instantSchema,
    sentAt: instantSchema.nullable(),
    finishedAt: instantSchema.nullable(),
    version: z.int(),
    expanded: expandedField,
  })
  .meta({ id: 'Disbursement' });

export const disbursementDetail = disbursement
  .extend({
    timeline: z.array(timelineView),
    trail: paymentTrail,
    /** What anybody said about it, oldest first. */
    evidence: z.array(
      z.strictObject({
        source: z.enum(['answer', 'result', 'timeout', 'status', 'person']),
        said: z.string(),
        receipt: z.string().nullable(),
      }),
    ),
    transactionId: publicIdSchema
      .nullable()
      .describe('The row of a posted statement that proves it'),
    canClose: z
      .boolean()
      .describe('M-PESA was silent for so long that people may say how it ended'),
    closing: z
      .strictObject({
        outcome: z.enum(['paid', 'not-paid']),
        receipt: z.string().nullable(),
        status: z.enum(wordStatuses),
        ...wordFields,
      })
      .nullable()
      .describe('What somebody found out about a payout M-PESA gives no answer about'),
    canReturn: z.boolean().describe('M-PESA can give it back by hand, and has not yet'),
    returned: z
      .strictObject({
        receipt: z.string(),
        amountCents: z.int(),
        status: z.enum(returnStatuses),
        ...wordFields,
      })
      .nullable()
      .describe(
        'What somebody said about its money coming back; `booked` once it is in the ledger',
      ),
  })
  .meta({ id: 'DisbursementDetail' });

const foundReason = z.string().trim().min(3).max(500).describe('What you saw, and where');

const portalReceipt = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9]{8,12}$/);

export const returnRequest = z.strictObject({
  receipt: portalReceipt.describe('Of the reversal, as the portal shows it'),
  amountCents: z
    .int()
    .positive()
    .transform((amount) => cents(amount))
    .optional()
    .describe('The whole payout when it is left out'),
  reason: foundReason,
});

export const closingRequest = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('paid'),
    receipt: portalReceipt,
    reason: foundReason,
  }),
  z.strictObject({ outcome: z.literal('not-paid'), reason: foundReason }),
]);

export const disbursementPage = pageOf(disbursement);

export const acceptedDisbursement = z.strictObject({ disbursement });

export const approvalRequest = z.strictObject({ reason: plainText(300).optional() });

export const rejectionRequest = z.strictObject({ reason: plainText(300).min(3) });
