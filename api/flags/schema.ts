import { z } from 'zod';
import { flagReasons } from '../../domain/flags/evaluate.ts';
import { flagPhases, staleAfterDays } from '../../domain/flags/lifecycle.ts';
import { flagRequestStatuses, flagsAtOnceMax } from '../../domain/flags/requests.ts';
import { idSchema, instantSchema, publicIdSchema, versionSchema } from '../primitives.ts';

export const flag = z
  .strictObject({
    key: z.string(),
    description: z.string(),
    isOn: z.boolean(),
    reason: z.enum(flagReasons),
    canChoose: z.boolean().describe('Whether the business may switch it itself'),
    choice: z.boolean().nullable(),
    plans: z.array(z.string()).describe('Plans that have it; empty: every plan'),
    version: versionSchema.describe('Of the choice'),
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

const wish = {
  ...rollout,
  phase: z
    .enum(flagPhases)
    .optional()
    .describe('Drafts and archived flags are off for everybody; left out: as it is, or active'),
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
};

export const flagRollout = z
  .strictObject(wish)
  .refine(isSpan, { message: 'must be more than ageDaysMin', path: ['ageDaysBelow'] })
  .meta({ id: 'FlagRollout' });

const definition = {
  ...{ ...rollout, plans: z.array(z.string()), phase: z.enum(flagPhases) },
  ...{ key: z.string(), tenants: z.array(publicIdSchema), version: z.int().positive() },
  ...{ languages: z.array(z.string()), lists: z.array(z.string()), needs: z.array(z.string()) },
  ...{ ageDaysMin: z.int().nullable(), ageDaysBelow: z.int().nullable() },
};

export const flagDefinition = z.strictObject(definition).meta({ id: 'FlagDefinition' });
export type FlagDefinitionBody = z.infer<typeof flagDefinition>;

export const houseFlag = z
  .strictObject({
    ...definition,
    changedAt: instantSchema,
    evaluatedAt: instantSchema.nullable().describe('Last, to the hour; null: never'),
    isStale: z
      .boolean()
      .describe(`Active, and neither changed nor evaluated for ${staleAfterDays} days`),
  })
  .meta({ id: 'HouseFlag' });
export type HouseFlag = z.infer<typeof houseFlag>;

export const flagDefinitionList = z
  .strictObject({ data: z.array(houseFlag) })
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

const { environment, ...wishOfOne } = wish;
const flagWish = z
  .strictObject({ key: name, ...wishOfOne })
  .refine(isSpan, { message: 'must be more than ageDaysMin', path: ['ageDaysBelow'] })
  .meta({ id: 'FlagWish' });
const reason = z.string().trim().min(1).max(300);

function hasOwnKeys(flags: readonly { key: string }[]): boolean {
  return new Set(flags.map(({ key }) => key)).size === flags.length;
}

export const flagRequestWish = z
  .strictObject({
    environment,
    reason: reason.describe('Why; whoever decides reads it'),
    flags: z.array(flagWish).min(1).max(flagsAtOnceMax),
  })
  .refine(({ flags }) => hasOwnKeys(flags), {
    ...{ message: 'must each have a key of their own', path: ['flags'] },
  })
  .meta({ id: 'FlagRequestWish' });

export const flagDecision = z
  .strictObject({
    decision: z.enum(['apply', 'reject', 'withdraw']),
    appliesAt: instantSchema.nullable().default(null).describe('Null: at once'),
    reason: reason.nullable().default(null),
  })
  .refine(({ decision, appliesAt }) => decision === 'apply' || appliesAt === null, {
    ...{ message: 'goes with apply alone', path: ['appliesAt'] },
  })
  .refine(({ decision, reason: why }) => decision !== 'reject' || why !== null, {
    ...{ message: 'is needed to reject', path: ['reason'] },
  })
  .meta({ id: 'FlagDecision' });

const { version: _version, ...unversioned } = definition;

const flagStep = z.strictObject({
  before: flagDefinition.nullable().describe('When it was asked for; null: not there'),
  after: z.strictObject(unversioned),
  changed: z.array(z.string()).describe('Names of the fields that differ'),
});

export const flagRequestView = z
  .strictObject({
    id: publicIdSchema,
    environment,
    reason: z.string(),
    status: z.enum(flagRequestStatuses),
    steps: z.array(flagStep),
    isOwn: z.boolean().describe('Whether you asked for it'),
    requestedBy: z.string(),
    requestedAt: instantSchema,
    expiresAt: instantSchema,
    agreedBy: z.string().nullable(),
    agreedAt: instantSchema.nullable(),
    appliesAt: instantSchema.nullable(),
    endedBy: z.string().nullable(),
    endedAt: instantSchema.nullable(),
    endReason: z.string().nullable(),
  })
  .meta({ id: 'FlagRequest' });
export type FlagRequestBody = z.infer<typeof flagRequestView>;

export const flagRequestList = z
  .strictObject({
    data: z.array(flagRequestView),
    neededIn: z
      .array(environment)
      .describe('Environments in which flags change only by a request somebody else applies'),
  })
  .meta({ id: 'FlagRequestList' });
export type FlagRequestList = z.infer<typeof flagRequestList>;

const fileHead = {
  format: z.literal('daftari-flags/1'),
  environment: environment.describe('Where it was taken out of'),
};
const { environment: _environment, ...inFile } = unversioned;

export const flagFile = z
  .strictObject({ ...fileHead, flags: z.array(z.strictObject(inFile)) })
  .meta({ id: 'FlagFile' });
export type FlagFile = z.infer<typeof flagFile>;

export const flagImportWish = z
  .strictObject({
    environment: environment.describe('Where the flags of the file are to be like this'),
    isDryRun: z.boolean().default(true).describe('Compares only; false asks for the change'),
    reason: reason.nullable().default(null).describe('Why; needed to ask for the change'),
    file: z.strictObject({ ...fileHead, flags: z.array(flagWish).min(1).max(flagsAtOnceMax) }),
  })
  .refine(({ isDryRun, reason: why }) => isDryRun || why !== null, {
    ...{ message: 'is needed to ask for the change', path: ['reason'] },
  })
  .refine(({ file }) => hasOwnKeys(file.flags), {
    ...{ message: 'must each have a key of their own', path: ['file', 'flags'] },
  })
  .meta({ id: 'FlagImportWish' });

export const flagImport = z
  .strictObject({
    environment,
    steps: z.array(flagStep).describe('Flags that differ or are not there yet'),
    same: z.array(z.string()).describe('Flags of the file that are like this already'),
    absent: z.array(z.string()).describe('Flags the file does not name; they stay as they are'),
    request: flagRequestView.nullable().describe('What a second operator decides on'),
  })
  .meta({ id: 'FlagImport' });
export type FlagImport = z.infer<typeof flagImport>;

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
