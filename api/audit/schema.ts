import { z } from 'zod';
import { isPeriod, periodRule } from '../filters.ts';
import { businessDateSchema, instantSchema, pageOf, pageQuery } from '../primitives.ts';

const word = z.string().min(1).max(100);

export const auditFilters = {
  actor: word.optional(),
  action: word.optional().describe('An action, or the beginning of one with `*` at its end'),
  objectKind: word.optional(),
  objectId: z.string().min(1).max(200).optional(),
  from: businessDateSchema.optional(),
  to: businessDateSchema.optional(),
};

export const auditQuery = z
  .strictObject({ ...pageQuery(200), ...auditFilters })
  .refine(isPeriod, periodRule);

export const auditRecord = z
  .strictObject({
    seq: z.int().positive(),
    at: instantSchema,
    actor: z.string().describe('`user:…`, `key:…`, `workflow:…` or `service:…`'),
    actorName: z.string().nullable(),
    action: z.string(),
    objectKind: z.string(),
    objectId: z.string(),
    detail: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
    hash: z.string(),
  })
  .meta({ id: 'AuditRecord' });
export type AuditRecord = z.infer<typeof auditRecord>;

export const auditPage = pageOf(auditRecord).meta({ id: 'AuditPage' });
export type AuditPage = z.infer<typeof auditPage>;

export const auditVerdict = z
  .strictObject({
    isIntact: z.boolean(),
    records: z.int().nonnegative().nullable(),
    head: z.string().nullable(),
    firstBadSeq: z.int().nullable(),
    problem: z.enum(['gap', 'altered', 'forked', 'truncated']).nullable(),
    anchors: z.int().nonnegative().describe('Marks outside the chain that it was compared with'),
    checkedAt: instantSchema,
  })
  .meta({ id: 'AuditVerdict' });
export type AuditVerdict = z.infer<typeof auditVerdict>;
