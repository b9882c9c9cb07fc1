import { z } from 'zod';

/** One entry of the error catalogue. */
export const problemEntry = z
  .strictObject({
    code: z.string(),
    status: z.int(),
    title: z.string(),
    cause: z.string(),
    fix: z.string(),
  })
  .meta({ id: 'ProblemEntry' });
export type ProblemEntry = z.infer<typeof problemEntry>;

export const problemCatalogue = z
  .strictObject({ data: z.array(problemEntry) })
  .meta({ id: 'ProblemCatalogue' });

/** What the sign-in screen may show before anybody has signed in. */
export const environment = z
  .strictObject({
    profile: z.enum(['local', 'test', 'production']),
    demoLogin: z.strictObject({ email: z.string(), password: z.string() }).nullable(),
    identityProviders: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  })
  .meta({ id: 'Environment' });
export type Environment = z.infer<typeof environment>;
