import { z } from 'zod';
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
export type SessionList = z.input<typeof sessionList>;

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
