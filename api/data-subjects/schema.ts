import { z } from 'zod';
import { subjectKinds } from '../../db/data-subjects.ts';
import { instantSchema, msisdnSchema, publicIdSchema } from '../primitives.ts';

export const subjectQuestion = z
  .strictObject({
    msisdn: msisdnSchema.optional(),
    name: z.string().trim().min(2).max(120).optional().describe('Every word of it is looked for'),
    reason: z.string().trim().min(3).max(300).describe('For the audit log; no personal data'),
  })
  .refine(({ msisdn, name }) => msisdn !== undefined || name !== undefined, {
    message: 'give a number, a name or both',
    path: ['msisdn'],
  })
  .meta({ id: 'DataSubjectQuestion' });

export const subjectReport = z
  .strictObject({
    msisdn: z.string().nullable(),
    name: z.string().nullable(),
    isComplete: z.boolean().describe('False when there is more of a kind than is shown'),
    records: z.array(
      z.strictObject({
        kind: z.enum(subjectKinds),
        id: publicIdSchema,
        row: z.int().nullable().describe('The row of a statement or list'),
        at: instantSchema.nullable(),
        words: z.record(z.string(), z.unknown()).describe('What is kept sealed about the person'),
      }),
    ),
  })
  .meta({ id: 'DataSubjectReport' });
export type SubjectReport = z.infer<typeof subjectReport>;
