/** Everything about people and their sign-in, who am I, and the keys that verify our tokens. */
import { findMember } from '../../db/auth.ts';
import { readOwn } from '../own-data.ts';
import { problem } from '../problems.ts';
import { route, type Route } from '../route.ts';
import { permissionsOf } from './permissions.ts';
import { enrolmentRoutes } from './enrolment-routes.ts';
import { identityRoutes } from './identity-routes.ts';
import { oidcRoutes } from './oidc-routes.ts';
import { passwordRoutes } from './password-routes.ts';
import { registrationRoutes } from './registration-routes.ts';
import { keySet, me } from './schema.ts';
import { secondFactorRoutes } from './second-factor-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { signIn } from './sign-in.ts';
import { tenantOf, userOf } from './start-session.ts';

const whoAmI = route({
  method: 'get',
  path: '/v1/me',
  tag: 'Sessions',
  summary: 'Who is signed in, where, and what they may do',
  auth: 'profile:read',
  request: {},
  responses: { 200: { description: 'The person, the business and the permissions', schema: me } },
  problems: [],
  handler: async (_input, call) => {
    const { principal } = call;
    const member = await readOwn(call, (t) => findMember(t, principal.userId));
    if (member === undefined) return problem('unauthenticated');
    const permissions = [...permissionsOf(member.role)];
    if (principal.isPlatformAdmin === true) permissions.push('platform:manage');
    return {
      status: 200,
      body: { user: userOf(member), tenant: tenantOf(member.tenant), permissions },
    };
  },
});

const keys = route({
  method: 'get',
  path: '/.well-known/jwks.json',
  tag: 'Sessions',
  summary: 'The keys that verify access tokens',
  auth: 'public',
  request: {},
  responses: { 200: { description: 'RFC 7517 key set', schema: keySet } },
  problems: [],
  handler: async (_input, { dependencies: { authority } }) => ({
    status: 200,
    body: authority.keys.published(),
    headers: { 'Cache-Control': 'public, max-age=300' },
  }),
});

export const authRoutes: readonly Route[] = [
  signIn,
  ...sessionRoutes,
  ...oidcRoutes,
  ...identityRoutes,
  ...registrationRoutes,
  ...passwordRoutes,
  ...secondFactorRoutes,
  ...enrolmentRoutes,
  whoAmI,
  keys,
];
