/** Signing in, who am I, and the keys that verify our tokens. */
import { createHash } from 'node:crypto';
import { findLogin, findMember, type Login } from '../../db/auth.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { permissionsOf } from './permissions.ts';
import { credentials, keySet, me, session, type Credentials } from './schema.ts';
import { sessionRoutes } from './session-routes.ts';
import { startSession, tenantOf, userOf } from './start-session.ts';

const signIn = route({
  method: 'post',
  path: '/v1/sessions',
  tag: 'Sessions',
  summary: 'Sign in',
  description: 'The answer is the same, and takes as long, whether or not the address is known.',
  auth: 'public',
  request: { body: credentials },
  responses: { 201: { description: 'Signed in', schema: session } },
  problems: ['invalid-credentials', 'throttled', 'unavailable'],
  handler: async ({ body }, call) => {
    const { throttle } = call.dependencies.login;
    const attempt = attemptOf(body, call);
    const waitSeconds = throttle.waitSeconds(attempt, call.dependencies.now());
    if (waitSeconds > 0) return retryAfter('throttled', waitSeconds);
    const login = await checkedLogin(body, call);
    if ('problem' in login) {
      if (login.problem === 'invalid-credentials') {
        throttle.failed(attempt, call.dependencies.now());
        call.dependencies.telemetry.log.warn({ event: 'signInRefused', requestId: call.requestId });
      }
      return login;
    }
    throttle.succeeded(attempt);
    return {
      status: 201,
      body: await startSession({ ...login, methods: ['pwd'], hasSecondFactor: false }, call),
    };
  },
});

function retryAfter(code: 'throttled' | 'unavailable', seconds: number): Problem {
  return problem(code, { headers: { 'Retry-After': String(seconds) } });
}

/** Addresses are hashed: a table of failures must not become a list of customers. */
function attemptOf(body: Credentials, { request }: Call) {
  const account = createHash('sha256').update(body.email.toLowerCase()).digest('base64');
  return { account, address: request.ip ?? 'unknown' };
}

interface UsableLogin {
  login: Login;
  membership: Login['memberships'][number];
}

async function checkedLogin(body: Credentials, call: Call): Promise<UsableLogin | Problem> {
  const {
    db,
    login: { passwords },
  } = call.dependencies;
  const login = await db.asOperator('sign in', (o) => findLogin(o, body.email));
  const fits = await passwords.fits(body.password, login?.passwordHash);
  if (fits === undefined) return retryAfter('unavailable', 2);
  const membership = login?.memberships.find(({ tenant }) => tenant.status === 'active');
  if (!fits || login === undefined || !login.isActive || membership === undefined) {
    return problem('invalid-credentials');
  }
  return { login, membership };
}

const whoAmI = route({
  method: 'get',
  path: '/v1/me',
  tag: 'Sessions',
  summary: 'Who is signed in, where, and what they may do',
  auth: 'profile:read',
  request: {},
  responses: { 200: { description: 'The person, the business and the permissions', schema: me } },
  problems: [],
  handler: async (_input, { principal, dependencies: { db } }) => {
    const member = await db.withTenant(principal.tenantId, (t) => findMember(t, principal.userId), {
      readOnly: true,
    });
    if (member === undefined) return problem('unauthenticated');
    const permissions = [...permissionsOf(member.role)];
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

export const authRoutes: readonly Route[] = [signIn, ...sessionRoutes, whoAmI, keys];
