/** Sessions after sign-in: refreshing, leaving, looking at one's devices and ending them. */
import { z } from 'zod';
import {
  endSessions,
  findSessionByToken,
  listSessions,
  rotateRefreshToken,
  type Session as StoredSession,
} from '../../db/sessions.ts';
import { toPublicId } from '../../domain/ids.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import {
  hashToken,
  refreshTokenOf,
  refuseForeignOrigin,
  setRefreshCookie,
} from './refresh-cookie.ts';
import { session, sessionList, type Session } from './schema.ts';
import { activeMember, noteSession, openAddress, presentSession } from './start-session.ts';

const refresh = route({
  method: 'post',
  path: '/v1/sessions/refresh',
  tag: 'Sessions',
  summary: 'Get a fresh access token for the session of the cookie',
  description:
    'The cookie is replaced on every use; an older one ends the session, because then somebody else has it too. Needs `X-Requested-By: daftari` and an Origin of the dashboard.',
  auth: 'public',
  request: {},
  responses: { 201: { description: 'A fresh token for the same session', schema: session } },
  problems: ['origin-refused', 'unauthenticated'],
  handler: async (_input, call) => {
    const { config, refreshTokens, db } = call.dependencies;
    const foreign = refuseForeignOrigin(call.request, config);
    if (foreign !== undefined) return foreign;
    const token = refreshTokenOf(call.request, config.publicUrl);
    if (token === undefined) return signedOut(call);
    const successor = refreshTokens.successorOf(token);
    const outcome = await db.asOperator('refresh a session', (o) =>
      rotateRefreshToken(o, { hash: hashToken(token), successorHash: hashToken(successor) }),
    );
    if (outcome.kind === 'reused') await noteReuse(call, outcome.session);
    if (outcome.kind !== 'rotated') return signedOut(call);
    return refreshed(call, outcome.session, successor);
  },
});

async function refreshed(
  call: Call,
  stored: StoredSession,
  successor: string,
): Promise<{ status: 201; body: Session } | Problem> {
  const { dependencies } = call;
  const member = await activeMember(dependencies, stored);
  if (member === undefined) return signedOut(call);
  const endsAtMs = Date.parse(stored.expiresAt);
  const maxAgeSeconds = Math.max(1, Math.floor((endsAtMs - dependencies.now()) / 1000));
  setRefreshCookie(call.response, dependencies.config.publicUrl, {
    token: successor,
    maxAgeSeconds,
  });
  const signedInAtMs = Date.parse(stored.createdAt);
  const { id: sessionId, methods } = stored;
  return {
    status: 201,
    body: presentSession(call, { sessionId, methods, member, signedInAtMs, endsAtMs }),
  };
}

function signedOut(call: Call): Problem {
  setRefreshCookie(call.response, call.dependencies.config.publicUrl);
  return problem('unauthenticated');
}

async function noteReuse(call: Call, { id: sessionId, userId, tenantId }: StoredSession) {
  const { revocations, telemetry } = call.dependencies;
  revocations.announce();
  telemetry.log.warn({ event: 'refreshTokenReused', sessionId, requestId: call.requestId });
  await noteSession(call, { sessionId, userId, tenantId, action: 'session.reuse' });
}

const logout = route({
  method: 'post',
  path: '/v1/sessions/logout',
  tag: 'Sessions',
  summary: 'Sign out',
  description: 'Ends the session of the cookie; without one there is nothing to end.',
  auth: 'public',
  request: {},
  responses: { 204: { description: 'Signed out' } },
  problems: ['origin-refused'],
  handler: async (_input, call) => {
    const { config, db, revocations } = call.dependencies;
    const foreign = refuseForeignOrigin(call.request, config);
    if (foreign !== undefined) return foreign;
    const token = refreshTokenOf(call.request, config.publicUrl);
    setRefreshCookie(call.response, config.publicUrl);
    if (token === undefined) return { status: 204, body: undefined };
    const ended = await db.asOperator('sign out', async (o) => {
      const found = await findSessionByToken(o, hashToken(token));
      if (found === undefined) return undefined;
      const ids = await endSessions(o, { sessionId: found.id }, 'logout');
      return ids.length > 0 ? found : undefined;
    });
    if (ended !== undefined) {
      revocations.announce();
      const { id: sessionId, userId, tenantId } = ended;
      await noteSession(call, { sessionId, userId, tenantId, action: 'session.end' });
    }
    return { status: 204, body: undefined };
  },
});

const list = route({
  method: 'get',
  path: '/v1/sessions',
  tag: 'Sessions',
  summary: 'Where I am signed in',
  auth: 'profile:read',
  request: {},
  responses: { 200: { description: 'Running sessions, the last used first', schema: sessionList } },
  problems: [],
  handler: async (_input, { principal, dependencies }) => {
    const found = await dependencies.db.asOperator('list the sessions of a person', (o) =>
      listSessions(o, principal.userId),
    );
    return {
      status: 200,
      body: {
        data: found.map((one) => ({
          id: toPublicId('session', one.id),
          device: one.device,
          address: openAddress(dependencies, one.addressSealed),
          methods: one.methods,
          startedAt: one.createdAt,
          usedAt: one.usedAt,
          endsAt: one.expiresAt,
          isCurrent: one.id === principal.sessionId,
        })),
      },
    };
  },
});

const end = route({
  method: 'delete',
  path: '/v1/sessions/{id}',
  tag: 'Sessions',
  summary: 'End one of my sessions',
  auth: 'profile:read',
  request: { params: z.strictObject({ id: idSchema('session') }) },
  responses: { 204: { description: 'It has no access any more' } },
  problems: ['not-found'],
  handler: async ({ params: { id: sessionId } }, call) => {
    const { userId, tenantId } = call.principal;
    const ended = await call.dependencies.db.asOperator('end a session', (o) =>
      endSessions(o, { sessionId, userId }, 'revoked'),
    );
    if (ended.length === 0) return problem('not-found');
    call.dependencies.revocations.announce();
    await noteSession(call, { sessionId, userId, tenantId, action: 'session.revoke' });
    return { status: 204, body: undefined };
  },
});

const endAll = route({
  method: 'delete',
  path: '/v1/sessions',
  tag: 'Sessions',
  summary: 'Sign out everywhere',
  description: 'Ends every session of mine, this one too.',
  auth: 'profile:read',
  request: {},
  responses: { 204: { description: 'No session is left' } },
  problems: [],
  handler: async (_input, call) => {
    const { userId, tenantId, sessionId } = call.principal;
    const { db, revocations, config } = call.dependencies;
    const ended = await db.asOperator('end all sessions of a person', (o) =>
      endSessions(o, { userId }, 'revoked'),
    );
    revocations.announce();
    setRefreshCookie(call.response, config.publicUrl);
    const detail = { count: ended.length };
    await noteSession(call, { userId, tenantId, sessionId, action: 'session.revoke-all', detail });
    return { status: 204, body: undefined };
  },
});

export const sessionRoutes: readonly Route[] = [refresh, logout, list, end, endAll];
