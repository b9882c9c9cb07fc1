/** Callbacks that were set aside, without what is personal in them. */
import { z } from 'zod';
import { callbackStatuses, hookLetters } from '../../db/shortcode-tables.ts';
import { centsSchema, instantSchema, pageOf, publicIdSchema } from '../primitives.ts';

export const callback = z
  .strictObject({
    id: publicIdSchema,
    letter: z
      .enum(hookLetters)
      .describe('s STK, r result, t timeout, v validation, c confirmation, b bill'),
    status: z.enum(callbackStatuses),
    cause: z.string().nullable(),
    receivedAt: instantSchema,
    repeats: z.int().nonnegative().describe('How often the very same body came again'),
    resultCode: z.string().nullable(),
    receipt: z.string().nullable(),
    amountCents: centsSchema.nullable(),
    msisdnMasked: z.string().nullable(),
    accountReference: z.string().nullable(),
  })
  .meta({ id: 'Callback' });
export type Callback = z.infer<typeof callback>;

export const callbackPage = pageOf(callback).meta({ id: 'CallbackPage' });
export type CallbackPage = z.infer<typeof callbackPage>;

export const decidedCallback = z
  .strictObject({ id: publicIdSchema, status: z.enum(callbackStatuses) })
  .meta({ id: 'DecidedCallback' });

export const callbackDecision = z
  .strictObject({
    resolution: z.enum(['retry', 'discard']),
    reason: z.string().trim().min(3).max(500),
  })
  .meta({ id: 'CallbackDecision' });
