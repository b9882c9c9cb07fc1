import { z } from 'zod';
import { instantSchema, msisdnSchema, publicIdSchema } from '../primitives.ts';

export const subjectQuestion = z
  .strictObject({
    msisdn: msisdnSchema,
    reason: z.string().trim().min(3).max(300).describe('For the audit log; no personal data'),
  })
  .meta({ id: 'DataSubjectQuestion' });

export const subjectReport = z
  .strictObject({
    msisdn: z.string(),
    isComplete: z.boolean().describe('False when there is more of a kind than is shown'),
    records: z.array(
      z.strictObject({
        kind: z.enum(['customer', 'collection', 'disbursement', 'account']),
        id: publicIdSchema,
        createdAt: instantSchema,
        words: z.record(z.string(), z.unknown()).describe('What is kept sealed about the person'),
      }),
    ),
  })
  .meta({ id: 'DataSubjectReport' });
