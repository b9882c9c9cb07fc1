import { z } from 'zod';
import { parseEmail } from '../../domain/auth/email-address.ts';
import { instantSchema, publicIdSchema } from '../primitives.ts';
import { permissions, roles } from './permissions.ts';

/** What a person signs in with. */
export const credentials = z
  .strictObject({
    email: z.string().trim().min(3).max(320),
    password: z.string().min(1).max(128),
  })
  .meta({ id: 'Credentials' });
export type Credentials = z.infer<typeof credentials>;

/** An address in its canonical form: lower case, plain ASCII. */
export const emailSchema = z
  .string()
  .max(320)
  .transform((text, context): string => {
    const address = parseEmail(text);
    if (address !== undefined) return address;
    context.issues.push({ code: 'custom', input: text, message: 'must be an e-mail address' });
    return z.NEVER;
  });

/** Length and the rest are judged by the rules for passwords, which answer in words. */
export const newPassword = z.string().min(1).max(1024);

export const registration = z
  .strictObject({
    email: emailSchema,
    password: newPassword,
    name: nameSchema(100),
    business: nameSchema(100),
    locale: z.enum(['en', 'sw']).default('en'),
  })
  .meta({ id: 'Registration' });
export type Registration = z.output<typeof registration>;

/** One line of text without control characters. */
function nameSchema(max: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be one line of text');
}

/** The secret of a link in an e-mail. */
export const linkToken = z.string().regex(/^[\w-]{43}$/, 'must be the secret of the link');

export const sentNotice = z.strictObject({ sentTo: z.string() }).meta({ id: 'SentNotice' });
export const verifiedRegistration = z
  .strictObject({ email: z.string() })
  .meta({ id: 'VerifiedRegistration' });

export const passwordChange = z
  .strictObject({ currentPassword: z.string().min(1).max(1024), password: newPassword })
  .meta({ id: 'PasswordChange' });

export const user = z
  .strictObject({
    id: publicIdSchema,
    name: z.string(),
    email: z.string(),
    locale: z.string(),
    role: z.enum(roles),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof user>;

export const tenant = z
  .strictObject({
    id: publicIdSchema,
    name: z.string(),
    slug: z.string(),
    environment: z.enum(['live', 'test']),
  })
  .meta({ id: 'Tenant' });
export type Tenant = z.infer<typeof tenant>;

/** A signed-in session: the token goes into `Authorization: Bearer …` and lives in memory only. */
export const session = z
  .strictObject({
    accessToken: z.string(),
    expiresInSeconds: z.int().positive(),
    /** After this time nothing but a new sign-in helps. */
    sessionEndsInSeconds: z.int().nonnegative(),
    user,
    tenant,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;

/** A place where a person is signed in. */
export const sessionList = z
  .strictObject({
    data: z.array(
      z.strictObject({
        id: publicIdSchema,
        device: z.string().describe('Browser and system, such as `Firefox on Android`'),
        address: z.string(),
        methods: z.array(z.string()),
        startedAt: instantSchema,
        usedAt: instantSchema,
        endsAt: instantSchema,
        isCurrent: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'SessionList' });
export type SessionList = z.output<typeof sessionList>;

export const me = z
  .strictObject({ user, tenant, permissions: z.array(z.enum(permissions)) })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof me>;

/** RFC 7517 key set with the public halves of the signing keys. */
export const keySet = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        kty: z.literal('RSA'),
        kid: z.string(),
        use: z.literal('sig'),
        alg: z.literal('RS256'),
        n: z.string(),
        e: z.string(),
      }),
    ),
  })
  .meta({ id: 'KeySet' });
export type KeySet = z.infer<typeof keySet>;
