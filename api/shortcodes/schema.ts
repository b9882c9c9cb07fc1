/** Shortcodes as clients see and change them. Credentials go in and never come out. */
import { z } from 'zod';
import { isAccountMask } from '../../domain/daraja/validation-settings.ts';
import { centsSchema, instantSchema, publicIdSchema, versionSchema } from '../primitives.ts';

const number = z.string().regex(/^\d{5,7}$/, 'must be 5 to 7 digits');
const name = z.string().trim().min(1).max(100);
const amountLimit = z.int().min(100).max(25_000_000).nullable();

export const validationSettings = z
  .strictObject({
    isOn: z.boolean(),
    whenUndecided: z
      .enum(['accept', 'reject'])
      .describe('The answer when ours is not ready in time'),
    account: z.enum(['any', 'known', 'mask']),
    accountMask: z
      .string()
      .max(21)
      .refine(isAccountMask, 'must be letters, digits and . / # -, perhaps with * at the end')
      .nullable()
      .describe('9 stands for a digit, A for a letter, * at the end for anything'),
    minCents: amountLimit,
    maxCents: amountLimit,
  })
  .refine(({ account, accountMask }) => account !== 'mask' || accountMask !== null, {
    message: 'is needed when accounts are checked by a mask',
    path: ['accountMask'],
  })
  .refine(
    ({ minCents, maxCents }) => minCents === null || maxCents === null || minCents <= maxCents,
    {
      message: 'must not be below the smallest amount',
      path: ['maxCents'],
    },
  )
  .meta({ id: 'ValidationSettings' });

const secret = z
  .string()
  .max(500)
  .regex(/^[\x21-\x7e]*$/, 'must be printable, without spaces');

export const credentialInput = z
  .strictObject({
    consumerKey: secret.min(1),
    consumerSecret: secret.min(1),
    passkey: secret.default('').describe('Empty when no STK requests are made'),
    initiatorName: secret.default('').describe('Empty when nothing is paid out'),
    initiatorPassword: secret.default(''),
  })
  .refine((given) => (given.initiatorName === '') === (given.initiatorPassword === ''), {
    message: 'is needed together with the name of the initiator',
    path: ['initiatorPassword'],
  })
  .meta({ id: 'ShortcodeCredentials' });
export type CredentialInput = z.infer<typeof credentialInput>;

export const newShortcode = z
  .strictObject({
    number,
    kind: z.enum(['paybill', 'till']),
    storeNumber: number.nullable().default(null).describe('Tills: the head office number'),
    name,
    credentials: credentialInput.optional(),
  })
  .refine(({ kind, storeNumber }) => kind === 'till' || storeNumber === null, {
    message: 'is for tills only',
    path: ['storeNumber'],
  })
  .meta({ id: 'NewShortcode' });

export const shortcodeChange = z
  .strictObject({
    name: name.optional(),
    storeNumber: number.nullable().optional(),
    status: z.enum(['active', 'paused']).optional(),
    validation: validationSettings.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something')
  .meta({ id: 'ShortcodeChange' });

export const shortcode = z
  .strictObject({
    id: publicIdSchema,
    number: z.string(),
    kind: z.enum(['paybill', 'till']),
    storeNumber: z.string().nullable(),
    name: z.string(),
    status: z.enum(['active', 'paused']),
    environment: z.enum(['sandbox', 'production']),
    validation: z.strictObject({
      isOn: z.boolean(),
      whenUndecided: z.enum(['accept', 'reject']),
      account: z.enum(['any', 'known', 'mask']),
      accountMask: z.string().nullable(),
      minCents: centsSchema.nullable(),
      maxCents: centsSchema.nullable(),
    }),
    hasCredentials: z.boolean(),
    credentialsAt: instantSchema.nullable(),
    initiatorStop: z
      .strictObject({ at: instantSchema, code: z.string() })
      .nullable()
      .describe('Set while calls by the initiator are stopped: renew its password'),
    urlsRegisteredAt: instantSchema.nullable(),
    pullRegisteredAt: instantSchema
      .nullable()
      .describe('Set when M-PESA lists the payments of this shortcode on request'),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    version: versionSchema.describe('Of its settings and credentials'),
  })
  .meta({ id: 'Shortcode' });
export type Shortcode = z.infer<typeof shortcode>;

export const shortcodeList = z
  .strictObject({ data: z.array(shortcode) })
  .meta({ id: 'ShortcodeList' });

export const shortcodeAddresses = z
  .strictObject({ confirmationUrl: z.string(), validationUrl: z.string() })
  .meta({ id: 'ShortcodeAddresses' });
export type ShortcodeAddresses = z.infer<typeof shortcodeAddresses>;

export const checkStep = z.strictObject({
  step: z.enum(['token', 'stk', 'initiator', 'callback', 'register', 'pull']),
  state: z.enum(['passed', 'failed', 'skipped']),
  code: z.string(),
  detail: z.string().nullable(),
  detailSw: z.string().nullable().describe('The same in Swahili; null for texts of strangers'),
});

export const shortcodeCheck = z
  .strictObject({
    id: z.string().regex(/^chk_[0-9a-f]{32}$/),
    kind: z.enum(['test', 'register']),
    status: z.enum(['running', 'passed', 'failed']),
    steps: z.array(checkStep),
    createdAt: instantSchema,
    finishedAt: instantSchema.nullable(),
  })
  .meta({ id: 'ShortcodeCheck' });
export type ShortcodeCheck = z.infer<typeof shortcodeCheck>;

export const shortcodeCheckList = z
  .strictObject({ data: z.array(shortcodeCheck) })
  .meta({ id: 'ShortcodeCheckList' });

export const newCheck = z
  .strictObject({ kind: z.enum(['test', 'register']) })
  .meta({ id: 'NewShortcodeCheck' });
