/** Accounts at other services by which a person signs in: which there are, and unlinking one. */
import { z } from 'zod';
import { listIdentities, unlinkIdentities } from '../../db/identities.ts';
import { instantSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { noteAccount } from './account-notes.ts';

const identityList = z
  .strictObject({
    data: z.array(
      z.strictObject({
        provider: z.string().describe('As the sign-in screen names it to the server'),
        name: z.string(),
        linkedAt: instantSchema,
        usedAt: instantSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'IdentityList' });
export type IdentityList = z.infer<typeof identityList>;

function providersOf({ dependencies: { config } }: Call) {
  return config.identityProviders ?? [];
}

const list = route({
  method: 'get',
  path: '/v1/me/identities',
  tag: 'Accounts',
  summary: 'Where else I sign in',
  auth: 'profile:read',
  request: {},
  responses: { 200: { description: 'Services whose account is linked', schema: identityList } },
  problems: [],
  handler: async (_input, call) => {
    const { userId } = call.principal;
    const found = await call.dependencies.db.asOperator('list identities', (o) =>
      listIdentities(o, userId),
    );
    const byIssuer = new Map(providersOf(call).map((provider) => [provider.issuer, provider]));
    // A service that is not set up any more signs nobody in, so there is nothing to unlink.
    const data = found.flatMap(({ issuer, createdAt: linkedAt, usedAt }) => {
      const provider = byIssuer.get(issuer);
      if (provider === undefined) return [];
      return [{ provider: provider.id, name: provider.name, linkedAt, usedAt }];
    });
    return { status: 200, body: { data } };
  },
});

const unlink = route({
  method: 'delete',
  path: '/v1/me/identities/{provider}',
  tag: 'Accounts',
  summary: 'Sign in there no more',
  description: 'The password goes on working. Signing in there again links the account anew.',
  auth: 'profile:read',
  stepUp: true,
  request: { params: z.strictObject({ provider: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/) }) },
  responses: { 204: { description: 'Unlinked' } },
  problems: ['not-found'],
  handler: async ({ params: { provider } }, call) => {
    const { userId } = call.principal;
    const known = providersOf(call).find(({ id }) => id === provider);
    if (known === undefined) return problem('not-found');
    const { issuer } = known;
    const isGone = await call.dependencies.db.asOperator('unlink an identity', (o) =>
      unlinkIdentities(o, { userId, issuer }),
    );
    if (!isGone) return problem('not-found');
    const told = { kind: 'account-factor', figures: { what: 'identity-unlink' } } as const;
    await noteAccount(call, userId, { action: 'identity.unlink', detail: { provider }, told });
    return { status: 204, body: undefined };
  },
});

export const identityRoutes: readonly Route[] = [list, unlink];
