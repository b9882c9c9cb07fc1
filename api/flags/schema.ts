import { z } from 'zod';

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
