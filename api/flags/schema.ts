import { z } from 'zod';
import { flagReasons } from '../../domain/flags/evaluate.ts';
import { idSchema, instantSchema, publicIdSchema } from '../primitives.ts';

export const flag = z
  .strictObject({
    key: z.string(),
    description: z.string(),
    isOn: z.boolean(),
    reason: z.enum(flagReasons),
    canChoose: z.boolean().describe('Whether the business may switch it itself'),
    choice: z.boolean().nullable(),
    plans: z.array(z.string()).describe('Plans that have it; empty: every plan'),
  })
  .meta({ id: 'Flag' });
export type Flag = z.infer<typeof flag>;

export const flagList = z.strictObject({ data: z.array(flag) }).meta({ id: 'FlagList' });
export type FlagList = z.infer<typeof flagList>;

export const flagChoice = z
  .strictObject({ isOn: z.boolean().nullable().describe('Null: as for everybody') })
  .meta({ id: 'FlagChoice' });

const plan = z.enum(['starter', 'pro', 'enterprise']);
const name = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/);
const days = z.int().min(0).max(36_500).nullable();
const rollout = {
  environment: z.enum(['live', 'test']),
  description: z.string().trim().min(1).max(300),
  isOn: z.boolean().describe('Off beats everything else'),
  plans: z.array(plan).max(3).describe('Empty: every plan'),
  rolloutPercent: z.number().min(0).max(100).multipleOf(0.01),
  isTenantsChoice: z.boolean(),
};

const languages = z.array(z.enum(['en', 'sw'])).max(2);
const isSpan = ({ ageDaysMin: min, ageDaysBelow: below }: Record<string, unknown>) =>
  typeof min !== 'number' || typeof below !== 'number' || min < below;

export const flagRollout = z
  .strictObject({
    ...rollout,
    tenants: z
      .array(idSchema('tenant'))
      .max(1_000)
      .describe('Have it whatever their plan and the other constraints'),
    languages: languages.default([]).describe('Of the business; empty: every language'),
    ageDaysMin: days.default(null).describe('At least so many days with us'),
    ageDaysBelow: days.default(null).describe('Fewer than so many days with us'),
    lists: z
      .array(name)
      .max(20)
      .default([])
      .describe('Stands on one of these; empty: every business'),
    needs: z.array(name).max(20).default([]).describe('Flags without which it is off'),
  })
  .refine(isSpan, { message: 'must be more than ageDaysMin', path: ['ageDaysBelow'] })
  .meta({ id: 'FlagRollout' });

const definition = {
  ...{ ...rollout, plans: z.array(z.string()) },
  ...{ key: z.string(), tenants: z.array(publicIdSchema), version: z.int().positive() },
  ...{ languages: z.array(z.string()), lists: z.array(z.string()), needs: z.array(z.string()) },
  ...{ ageDaysMin: z.int().nullable(), ageDaysBelow: z.int().nullable() },
};

export const flagDefinition = z.strictObject(definition).meta({ id: 'FlagDefinition' });
export type FlagDefinitionBody = z.infer<typeof flagDefinition>;

export const flagDefinitionList = z
  .strictObject({ data: z.array(flagDefinition) })
  .meta({ id: 'FlagDefinitionList' });
export type FlagDefinitionList = z.infer<typeof flagDefinitionList>;

export const flagChangeList = z
  .strictObject({
    data: z.array(
      z.strictObject({ ...definition, changedBy: z.string(), changedAt: instantSchema }),
    ),
  })
  .meta({ id: 'FlagChangeList' });
export type FlagChangeList = z.infer<typeof flagChangeList>;

export const businessListWish = z
  .strictObject({ tenants: z.array(idSchema('tenant')).max(1_000) })
  .meta({ id: 'BusinessListWish' });

export const businessLists = z
  .strictObject({
    data: z.array(
      z.strictObject({
        name: z.string(),
        tenants: z.array(publicIdSchema),
        version: z.int().positive(),
        changedBy: z.string(),
        updatedAt: instantSchema,
      }),
    ),
  })
  .meta({ id: 'BusinessLists' });
export type BusinessLists = z.infer<typeof businessLists>;

/** What one business sees, and why. */
export const flagTrial = z
  .strictObject({
    tenantId: publicIdSchema,
    environment: z.enum(['live', 'test']),
    plan: z.string(),
    language: z.string(),
    ageDays: z.int().nonnegative(),
    lists: z.array(z.string()),
    flags: z.array(
      z.strictObject({
        key: z.string(),
        isOn: z.boolean(),
        reason: z.enum(flagReasons),
        choice: z.boolean().nullable(),
        share: z
          .number()
          .describe('Where the business falls among all, from 0 to 100; below the rollout is in'),
        rolloutPercent: z.number(),
        needs: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'FlagTrial' });
export type FlagTrial = z.infer<typeof flagTrial>;
