import { z } from 'zod';
import { closingStatuses } from '../../db/platform-tables.ts';
import { instantSchema } from '../primitives.ts';

export const closingRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(200).describe('The name of the business, typed in full'),
    reason: z.string().trim().min(3).max(500),
  })
  .meta({ id: 'ClosingRequest' });

export const closing = z
  .strictObject({
    status: z.enum(closingStatuses),
    reason: z.string(),
    requestedBy: z.string(),
    decidedBy: z.string().nullable(),
    note: z.string().nullable().describe('What the house said about it'),
    createdAt: instantSchema,
    graceUntil: instantSchema.nullable().describe('The last archive is made then'),
    eraseAfter: instantSchema.nullable().describe('Everything is erased then'),
    endedAt: instantSchema.nullable(),
    runUrl: z.string(),
  })
  .meta({ id: 'Closing' });
export type ClosingBody = z.infer<typeof closing>;

export const closingState = z
  .strictObject({
    closing: closing.nullable().describe('The newest one; null when there was none'),
  })
  .meta({ id: 'ClosingState' });
export type ClosingState = z.infer<typeof closingState>;

export const closingDecision = z
  .strictObject({
    decision: z.enum(['approve', 'decline']),
    note: z.string().trim().min(3).max(500).optional(),
  })
  .meta({ id: 'ClosingDecision' });
