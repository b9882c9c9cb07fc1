/** What travels about second factors. */
import { z } from 'zod';
import { instantSchema, publicIdSchema } from '../primitives.ts';

/** Signing in takes a second step; `token` is sent along with it. */
export const secondStep = z
  .strictObject({
    token: z.string(),
    expiresInSeconds: z.int().positive(),
    methods: z.array(z.enum(['totp', 'recovery', 'passkey'])).min(1),
  })
  .meta({ id: 'SecondStep' });
export type SecondStep = z.infer<typeof secondStep>;

const pendingToken = z.string().min(1).max(4096);
const code = z.string().trim().min(1).max(64).describe('Six digits, or a recovery code');
const base64url = z.string().regex(/^[\w-]+$/);

const credential = {
  id: base64url.max(1400),
  rawId: base64url.max(1400),
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(40).optional(),
  clientExtensionResults: z.record(z.string(), z.unknown()),
};

/** RegistrationResponseJSON of WebAuthn level 3. */
export const newCredential = z
  .strictObject({
    ...credential,
    response: z.looseObject({
      clientDataJSON: base64url.max(10_000),
      attestationObject: base64url.max(60_000),
      transports: z.array(z.string().max(20)).max(10).optional(),
    }),
  })
  .meta({ id: 'NewCredential' });

/** AuthenticationResponseJSON of WebAuthn level 3. */
export const credentialUse = z
  .strictObject({
    ...credential,
    response: z.looseObject({
      clientDataJSON: base64url.max(10_000),
      authenticatorData: base64url.max(10_000),
      signature: base64url.max(10_000),
      userHandle: z.string().max(200).optional(),
    }),
  })
  .meta({ id: 'CredentialUse' });

const challengeId = z.uuid();

export const codeAnswer = z
  .strictObject({ token: pendingToken, code })
  .meta({ id: 'SecondStepCode' });
export const passkeyAsk = z.strictObject({ token: pendingToken.optional() });
export const passkeyAnswer = z
  .strictObject({ token: pendingToken.optional(), challengeId, response: credentialUse })
  .meta({ id: 'PasskeyAnswer' });

export const stepUpAnswer = z
  .union([
    z.strictObject({ code }),
    z.strictObject({ challengeId, response: credentialUse }),
    z.strictObject({ password: z.string().min(1).max(1024) }),
  ])
  .meta({ id: 'StepUpAnswer' });

/** Options for `navigator.credentials`, as WebAuthn level 3 writes them in JSON. */
export const passkeyChallenge = z
  .strictObject({ challengeId, options: z.record(z.string(), z.unknown()) })
  .meta({ id: 'PasskeyChallenge' });
export type PasskeyChallenge = z.infer<typeof passkeyChallenge>;

export const passkeyView = z
  .strictObject({
    id: publicIdSchema,
    name: z.string(),
    isBackedUp: z.boolean(),
    createdAt: instantSchema,
    usedAt: instantSchema.nullable(),
  })
  .meta({ id: 'Passkey' });

export const secondFactors = z
  .strictObject({
    totpSince: instantSchema.nullable(),
    recoveryCodesLeft: z.int().nonnegative(),
    passkeys: z.array(passkeyView),
    isFresh: z.boolean().describe('A second factor was shown in the last five minutes'),
  })
  .meta({ id: 'SecondFactors' });
export type SecondFactors = z.output<typeof secondFactors>;

/** The password, asked for before the first second factor; afterwards a fresh one is needed. */
export const factorAsk = z.strictObject({ password: z.string().min(1).max(1024).optional() });
export const totpOffer = z
  .strictObject({ secret: z.string(), uri: z.string() })
  .meta({ id: 'TotpOffer' });
export type TotpOffer = z.infer<typeof totpOffer>;
export const totpConfirm = z.strictObject({ code });
export const recoveryCodes = z
  .strictObject({ recoveryCodes: z.array(z.string()) })
  .meta({ id: 'RecoveryCodes' });
export type RecoveryCodes = z.infer<typeof recoveryCodes>;
export const newPasskey = z
  .strictObject({
    challengeId,
    name: z.string().trim().min(1).max(60),
    response: newCredential,
  })
  .meta({ id: 'NewPasskey' });
/** Recovery codes come along with the first second factor and are shown once. */
export const addedPasskey = z
  .strictObject({ passkey: passkeyView, recoveryCodes: z.array(z.string()) })
  .meta({ id: 'AddedPasskey' });
export type AddedPasskey = z.output<typeof addedPasskey>;
