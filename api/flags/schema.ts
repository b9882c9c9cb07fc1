import { z } from 'zod';
import { idSchema, instantSchema, publicIdSchema } from '../primitives.ts';

export const flag = z
  .strictObject({
    key: z.string(),
    description: z.string(),
    isOn: z.boolean(),
    reason: z.enum(['off', 'segment', 'plan', 'choice', 'rollout']),
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
const rollout = {
  environment: z.enum(['live', 'test']),
  description: z.string().trim().min(1).max(300),
  isOn: z.boolean().describe('Off beats everything else'),
  plans: z.array(plan).max(3).describe('Empty: every plan'),
  rolloutPercent: z.number().min(0).max(100).multipleOf(0.01),
  isTenantsChoice: z.boolean(),
};

export const flagRollout = z
  .strictObject({
    ...rollout,
    tenants: z.array(idSchema('tenant')).max(1_000).describe('Have it whatever their plan'),
  })
  .meta({ id: 'FlagRollout' });

const definition = {
  ...{ ...rollout, plans: z.array(z.string()) },
  ...{ key: z.string(), tenants: z.array(publicIdSchema), version: z.int().positive() },
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
