/** The second step of signing in, signing in by passkey alone, and showing a factor again. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { findLoginById, findPasswordHash } from '../../db/auth.ts';
import { createChallenge, takeChallenge } from '../../db/challenges.ts';
import {
  findPasskey,
  findSecondFactors,
  hasSecondFactor,
  noteSecondFactor,
} from '../../db/second-factors.ts';
import type { TenantId, UserId } from '../../domain/ids.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { noteAccount } from './account-notes.ts';
import { actorOf } from './principal.ts';
import { countAttempt, forgive, retryAfter, subjectsOf } from './attempts.ts';
import { checkCode, checkPasskey } from './check-factor.ts';
import { relyingParty, useOptions } from './passkeys.ts';
import { pendingSeconds, verifyPending, type Pending } from './pending-tokens.ts';
import { session } from './schema.ts';
import {
  codeAnswer,
  passkeyAnswer,
  passkeyAsk,
  passkeyChallenge,
  stepUpAnswer,
} from './second-factor-schema.ts';
import { openMemberships, startSession } from './start-session.ts';

const byCode = route({
  method: 'post',
  path: '/v1/sessions/second-factor',
  tag: 'Sessions',
  summary: 'Finish signing in with a code',
  auth: 'public',
  request: { body: codeAnswer },
  responses: { 201: { description: 'Signed in', schema: session } },
  problems: ['unauthenticated', 'invalid-code', 'throttled'],
  handler: async ({ body }, call) => {
    const pending = pendingOf(call, body.token);
    if (pending === undefined) return problem('unauthenticated');
    const subjects = subjectsOf(call, { code: pending.userId });
    const throttled = await countAttempt(call, subjects);
    if (throttled !== undefined) return throttled;
    const method = await checkCode(call, pending.userId, body.code);
    if (method === undefined) return refusedFactor(call, pending);
    await forgive(call, subjects);
    const firstStep = await usePending(call, pending);
    if (firstStep === undefined) return problem('unauthenticated');
    return signedIn(call, pending, [firstStep, method, 'mfa']);
  },
});

function pendingOf({ dependencies: { authority, now } }: Call, token: string) {
  return verifyPending(authority, token, now());
}

/** How the first step was made, once; undefined when it was used up before. */
function usePending(call: Call, { userId, challengeId: id }: Pending): Promise<string | undefined> {
  const { db } = call.dependencies;
  return db.asOperator('finish a sign-in', (o) =>
    takeChallenge(o, db.platformSeal, { id, kind: 'second-factor', userId }),
  );
}

/** A wrong factor is on record with every business of the person, and counts in the one it was for. */
async function refusedFactor(
  call: Call,
  { userId, tenantId }: { userId: UserId; tenantId: TenantId },
  actor = 'anonymous',
): Promise<Problem> {
  const { telemetry, refusals } = call.dependencies;
  telemetry.log.warn({ event: 'factorRefused', requestId: call.requestId });
  await noteAccount(call, userId, { action: 'second-factor.refused', actor });
  refusals.note(tenantId);
  return problem('invalid-code');
}

/** Starts the session in the named business, or in the first one that is open. */
async function signedIn(
  call: Call,
  who: { userId: UserId; tenantId?: TenantId },
  methods: readonly string[],
) {
  const login = await call.dependencies.db.asOperator('sign in', (o) =>
    findLoginById(o, who.userId),
  );
  const open = openMemberships(login);
  const membership = open.find(({ tenant }) => tenant.id === who.tenantId) ?? open[0];
  if (login === undefined || !login.isActive || membership === undefined) {
    return problem('unauthenticated');
  }
  const proven = { login, membership, methods, hasSecondFactor: true };
  return { status: 201 as const, body: await startSession(proven, call) };
}

const askPasskey = route({
  method: 'post',
  path: '/v1/sessions/passkey/options',
  tag: 'Sessions',
  summary: 'Begin signing in with a passkey',
  description:
    'With the token of the first step it is for that person; without, for whoever has a passkey.',
  auth: 'public',
  request: { body: passkeyAsk },
  responses: { 201: { description: 'A challenge for the browser', schema: passkeyChallenge } },
  problems: ['unauthenticated', 'throttled'],
  handler: async ({ body }, call) => {
    const throttled = await countAttempt(call, subjectsOf(call, {}));
    if (throttled !== undefined) return throttled;
    const pending = body.token === undefined ? undefined : pendingOf(call, body.token);
    if (body.token !== undefined && pending === undefined) return problem('unauthenticated');
    const who = pending === undefined ? {} : { userId: pending.userId };
    return challengeFor(call, { kind: 'passkey-sign-in', ...who });
  },
});

async function challengeFor(
  call: Call,
  made: Pick<Parameters<typeof createChallenge>[2], 'kind' | 'userId' | 'sessionId'>,
) {
  const { db, config } = call.dependencies;
  const { userId } = made;
  const factors =
    userId && (await db.asOperator('list passkeys', (o) => findSecondFactors(o, userId)));
  const options = await useOptions(relyingParty(config.publicUrl), factors ? factors.passkeys : []);
  const challengeId = await db.asOperator('make a challenge', (o) =>
    createChallenge(o, db.platformSeal, {
      ...made,
      secret: options.challenge,
      lifetimeSeconds: pendingSeconds,
    }),
  );
  return { status: 201 as const, body: { challengeId, options: { ...options } } };
}

const byPasskey = route({
  method: 'post',
  path: '/v1/sessions/passkey',
  tag: 'Sessions',
  summary: 'Sign in, or finish signing in, with a passkey',
  auth: 'public',
  request: { body: passkeyAnswer },
  responses: { 201: { description: 'Signed in', schema: session } },
  problems: ['unauthenticated', 'invalid-code', 'throttled'],
  handler: async ({ body }, call) => {
    const throttled = await countAttempt(call, subjectsOf(call, {}));
    if (throttled !== undefined) return throttled;
    const pending = body.token === undefined ? undefined : pendingOf(call, body.token);
    if (body.token !== undefined && pending === undefined) return problem('unauthenticated');
    const { db } = call.dependencies;
    const who = pending === undefined ? {} : { userId: pending.userId };
    const challenge = await db.asOperator('use a challenge up', (o) =>
      takeChallenge(o, db.platformSeal, { id: body.challengeId, kind: 'passkey-sign-in', ...who }),
    );
    if (challenge === undefined) return problem('invalid-code');
    const passkey = await checkPasskey(
      call,
      { challenge, ...who },
      asAuthentication(body.response),
    );
    if (passkey === undefined) {
      const meant = pending ?? (await ownerOf(call, body.response.id));
      return meant === undefined ? problem('invalid-code') : refusedFactor(call, meant);
    }
    await forgive(call, subjectsOf(call, {}));
    const firstStep = pending === undefined ? [] : await usePending(call, pending);
    if (firstStep === undefined) return problem('unauthenticated');
    const methods = [firstStep, 'swk', 'mfa'].flat();
    return signedIn(call, pending ?? { userId: passkey.userId }, methods);
  },
});

/** Whose passkey was shown without being proven; undefined when nobody here has it. */
async function ownerOf(call: Call, credentialId: string) {
  const login = await call.dependencies.db.asOperator('find the owner of a passkey', async (o) => {
    const passkey = await findPasskey(o, credentialId);
    return passkey && findLoginById(o, passkey.userId);
  });
  const [membership] = openMemberships(login);
  if (login === undefined || membership === undefined) return undefined;
  return { userId: login.userId, tenantId: membership.tenant.id };
}

/** The schema has checked what the library reads; its type names more than that. */
function asAuthentication(response: object): AuthenticationResponseJSON {
  return response as AuthenticationResponseJSON;
}

const askStepUp = route({
  method: 'post',
  path: '/v1/sessions/step-up/options',
  tag: 'Sessions',
  summary: 'Begin showing a passkey again',
  auth: 'profile:read',
  request: {},
  responses: { 201: { description: 'A challenge for the browser', schema: passkeyChallenge } },
  problems: [],
  handler: async (_input, call) => {
    const { userId, sessionId } = call.principal;
    return challengeFor(call, { kind: 'passkey-step-up', userId, sessionId });
  },
});

const stepUp = route({
  method: 'post',
  path: '/v1/sessions/step-up',
  tag: 'Sessions',
  summary: 'Show a second factor again, for what needs a fresh one',
  description:
    'Counts for five minutes in this session. A password is only taken from people without a second factor, and never in production.',
  auth: 'profile:read',
  request: { body: stepUpAnswer },
  responses: { 204: { description: 'Fresh for five minutes' } },
  problems: ['invalid-code', 'second-factor-missing', 'throttled', 'unavailable'],
  handler: async ({ body }, call) => {
    const { db, revocations } = call.dependencies;
    const { userId, sessionId } = call.principal;
    const subjects = subjectsOf(call, { code: userId });
    const throttled = await countAttempt(call, subjects);
    if (throttled !== undefined) return throttled;
    const shown = await shownAgain(call, body);
    if (shown === undefined) {
      return refusedFactor(call, call.principal, actorOf(call.principal));
    }
    if (typeof shown !== 'string') return shown;
    await forgive(call, subjects);
    await db.asOperator('note a second factor', (o) => noteSecondFactor(o, sessionId, shown));
    revocations.announce();
    await noteAccount(call, userId, { action: 'session.step-up', detail: { method: shown } });
    return { status: 204, body: undefined };
  },
});

type StepUpBody =
  { code: string } | { challengeId: string; response: object } | { password: string };

async function shownAgain(call: Call, body: StepUpBody): Promise<string | Problem | undefined> {
  const { db } = call.dependencies;
  const { userId, sessionId } = call.principal;
  if ('code' in body) return checkCode(call, userId, body.code);
  if ('password' in body) return passwordAgain(call, body.password);
  const asked = { id: body.challengeId, kind: 'passkey-step-up' as const, userId, sessionId };
  const challenge = await db.asOperator('use a challenge up', (o) =>
    takeChallenge(o, db.platformSeal, asked),
  );
  if (challenge === undefined) return undefined;
  const response = asAuthentication(body.response);
  return (await checkPasskey(call, { challenge, userId }, response)) && 'swk';
}

/** Lets a fresh installation be tried out before anybody has set up a second factor. */
async function passwordAgain(call: Call, password: string): Promise<string | Problem | undefined> {
  const { db, passwords, config } = call.dependencies;
  const { userId } = call.principal;
  const found = await db.asOperator('check a password', async (o) => ({
    factors: await findSecondFactors(o, userId),
    person: await findPasswordHash(o, userId),
  }));
  if (config.profile === 'production' || hasSecondFactor(found.factors)) {
    return problem('second-factor-missing');
  }
  const fits = await passwords.fits(password, found.person?.hash);
  if (fits === undefined) return retryAfter('unavailable', 2);
  return fits ? 'pwd' : undefined;
}

export const secondFactorRoutes: readonly Route[] = [
  byCode,
  askPasskey,
  byPasskey,
  askStepUp,
  stepUp,
];
