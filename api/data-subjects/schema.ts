import { z } from 'zod';
import { subjectKinds } from '../../db/subject-sources.ts';
import { subjectStatuses } from '../../db/tenant-tables.ts';
import { stayKinds } from '../../domain/tenants/forgetting.ts';
import { instantSchema, msisdnSchema, publicIdSchema } from '../primitives.ts';

const person = {
  msisdn: msisdnSchema.optional(),
  name: z.string().trim().min(2).max(120).optional().describe('Every word of it is looked for'),
  reason: z.string().trim().min(3).max(300).describe('For the audit log; no personal data'),
};

const namesSomebody = ({ msisdn, name }: { msisdn?: unknown; name?: unknown }) =>
  msisdn !== undefined || name !== undefined;
const nobody = { message: 'give a number, a name or both', path: ['msisdn'] };

export const subjectQuestion = z
  .strictObject({
    ...person,
    cursor: z.string().max(500).optional().describe('Goes on where the last answer stopped'),
  })
  .refine(namesSomebody, nobody)
  .meta({ id: 'DataSubjectQuestion' });

const records = z.array(
  z.strictObject({
    kind: z.enum(subjectKinds),
    id: publicIdSchema,
    row: z.int().nullable().describe('The row of a statement or list'),
    at: instantSchema.nullable(),
    words: z.record(z.string(), z.unknown()).describe('What is kept about the person'),
  }),
);

/** The file that is made of a person. */
export const subjectFile = z
  .strictObject({ msisdn: z.string().nullable(), name: z.string().nullable(), records })
  .meta({ id: 'DataSubjectFile' });
export type SubjectFile = z.infer<typeof subjectFile>;

export const subjectReport = z
  .strictObject({
    msisdn: z.string().nullable(),
    name: z.string().nullable(),
    isComplete: z.boolean().describe('False when there is more to look through'),
    nextCursor: z.string().nullable().describe('Ask again with it to look on'),
    progress: z
      .number()
      .min(0)
      .max(1)
      .describe('How many of the kinds of things were gone through'),
    records,
  })
  .meta({ id: 'DataSubjectReport' });
export type SubjectReport = z.infer<typeof subjectReport>;

export const subjectWish = z
  .strictObject(person)
  .refine(namesSomebody, nobody)
  .meta({ id: 'DataSubjectWish' });

export const subjectRequest = z
  .strictObject({
    id: publicIdSchema,
    status: z.enum([...subjectStatuses, 'expired']),
    pseudonym: z.string().describe('Who they are called from then on'),
    person: z
      .strictObject({ msisdn: z.string().nullable(), name: z.string().nullable() })
      .nullable()
      .describe('Who it is about; null once that is forgotten'),
    reason: z.string(),
    requestedBy: z.string(),
    requestedAt: instantSchema,
    expiresAt: instantSchema,
    isOwn: z.boolean().describe('Whether you asked for it yourself'),
    decidedBy: z.string().nullable(),
    decidedAt: instantSchema.nullable(),
    note: z.string().nullable(),
    changed: z.record(z.string(), z.int()).describe('Rows that were changed, by kind'),
    leftCount: z.int().nullable().describe('Rows that were not over in the end'),
    keptFiles: z.int().nullable().describe('Uploaded files that are kept sealed as they are'),
    stays: z
      .array(
        z.strictObject({
          what: z.enum(stayKinds),
          count: z.int().nullable().describe('Null where it is whatever there was'),
          why: z.string(),
          whySw: z.string(),
        }),
      )
      .describe('What is kept all the same once it is done, and why'),
    endedAt: instantSchema.nullable(),
    runUrl: z.string(),
  })
  .meta({ id: 'DataSubjectRequest' });
export type SubjectRequestBody = z.infer<typeof subjectRequest>;

export const subjectRequestList = z
  .strictObject({ data: z.array(subjectRequest) })
  .meta({ id: 'DataSubjectRequestList' });
export type SubjectRequestList = z.infer<typeof subjectRequestList>;

export const subjectAgreement = z
  .strictObject({ note: z.string().trim().min(3).max(300).optional() })
  .meta({ id: 'DataSubjectAgreement' });
