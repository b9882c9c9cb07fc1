import { z } from 'zod';
import { limitNames } from '../../domain/tenants/plans.ts';
import { retentionNames } from '../../domain/tenants/retention.ts';
import { businessDateSchema, instantSchema, publicIdSchema, versionSchema } from '../primitives.ts';

const branding = z.strictObject({
  displayName: z.string().trim().min(1).max(100).nullable(),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable(),
});

const ownSettings = z.strictObject({
  businessDayStartsAtHour: z.int().min(0).max(23).describe('Hour of Nairobi'),
  fiscalYearStartsInMonth: z.int().min(1).max(12),
  language: z.enum(['en', 'sw']),
  branding,
});

const usage = z.strictObject({
  name: z.enum(limitNames),
  used: z.int().nonnegative().nullable().describe('Null where it is counted elsewhere'),
  max: z.int().nonnegative(),
});

const kept = z.strictObject({
  name: z.enum(retentionNames),
  keptDays: z.int().positive(),
  isErased: z.boolean().describe('Otherwise it stays until the business closes'),
});

const filesLeaving = z
  .strictObject({
    count: z.int().nonnegative(),
    firstOn: businessDateSchema.nullable().describe('When the first of them is erased'),
  })
  .describe('Uploaded files that are erased within 30 days; an archive takes them along');

const move = z
  .strictObject({
    fromPlan: z.string(),
    toPlan: z.string(),
    status: z.enum(['copying', 'switched', 'confirmed', 'rolled-back', 'abandoned']),
    detail: z.string().nullable(),
    rowCount: z.int().nullable(),
    frozenMilliseconds: z.int().nullable(),
    createdAt: instantSchema,
    switchedAt: instantSchema.nullable(),
    runUrl: z.string(),
  })
  .meta({ id: 'TenantMove' });

export const settings = z
  .strictObject({
    tenant: z.strictObject({
      id: publicIdSchema,
      name: z.string(),
      slug: z.string(),
      environment: z.enum(['live', 'test']),
      plan: z.enum(['starter', 'pro', 'enterprise']),
      status: z.enum(['active', 'suspended', 'closed']),
      createdAt: instantSchema,
    }),
    settings: ownSettings,
    version: versionSchema.describe('Of the name and the settings'),
    limits: z.array(usage),
    move: move.nullable().describe('The newest change of plan'),
    retention: z.array(kept).describe('How long what is kept'),
    filesLeaving,
  })
  .meta({ id: 'Settings' });
export type Settings = z.infer<typeof settings>;

export const settingsChange = z
  .strictObject({
    name: z.string().trim().min(1).max(200).optional(),
    businessDayStartsAtHour: z.int().min(0).max(23).optional(),
    fiscalYearStartsInMonth: z.int().min(1).max(12).optional(),
    language: z.enum(['en', 'sw']).optional(),
    branding: branding.partial().optional(),
  })
  .meta({ id: 'SettingsChange' });

export const planChange = z
  .strictObject({ plan: z.enum(['starter', 'pro', 'enterprise']) })
  .meta({ id: 'PlanChange' });

export const moveDecision = z
  .strictObject({ decision: z.enum(['confirm', 'roll-back']) })
  .meta({ id: 'MoveDecision' });

export const moveStarted = z.strictObject({ move }).meta({ id: 'MoveStarted' });
