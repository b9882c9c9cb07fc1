/** Signing in with e-mail and password. */
import { noteSecurityEvent } from '../../db/attempts.ts';
import { appendAudit } from '../../db/audit.ts';
import { findLogin, replacePasswordHash, type Login } from '../../db/auth.ts';
import { createChallenge } from '../../db/challenges.ts';
import { findSecondFactors, hasSecondFactor } from '../../db/second-factors.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call } from '../route.ts';
import { countAttempt, forgive, retryAfter, subjectsOf, whom } from './attempts.ts';
import { issuePending, pendingSeconds } from './pending-tokens.ts';
import { credentials, session, type Credentials } from './schema.ts';
import { secondStep, type SecondStep } from './second-factor-schema.ts';
import { openMemberships, startSession } from './start-session.ts';

export const signIn = route({
  method: 'post',
  path: '/v1/sessions',
  tag: 'Sessions',
  summary: 'Sign in',
  description: 'The answer is the same, and takes as long, whether or not the address is known.',
  auth: 'public',
  request: { body: credentials },
  responses: {
    201: { description: 'Signed in', schema: session },
    202: { description: 'The password is right; now the second factor', schema: secondStep },
  },
  problems: ['invalid-credentials', 'throttled', 'unavailable'],
  handler: async ({ body }, call) => {
    const subjects = subjectsOf(call, { account: body.email.toLowerCase() });
    const throttled = await countAttempt(call, subjects);
    if (throttled !== undefined) return throttled;
    const proven = await checkedLogin(body, call);
    if ('refused' in proven) {
      await noteRefusal(call, { event: whom(call, subjects), login: proven.refused });
      return problem('invalid-credentials');
    }
    if ('problem' in proven) return proven;
    await forgive(call, subjects);
    const second = await secondStepFor(call, proven, 'pwd');
    if (second !== undefined) return { status: 202, body: second };
    const methods = ['pwd'];
    return {
      status: 201,
      body: await startSession({ ...proven, methods, hasSecondFactor: false }, call),
    };
  },
});

/** What to ask for after the first step; undefined when the person has no second factor. */
export async function secondStepFor(
  call: Call,
  { login: { userId }, membership }: UsableLogin,
  firstStep: 'pwd' | 'oidc',
): Promise<SecondStep | undefined> {
  const { db, authority, now } = call.dependencies;
  return db.asOperator('ask for a second factor', async (o) => {
    const factors = await findSecondFactors(o, userId);
    if (!hasSecondFactor(factors)) return undefined;
    const challengeId = await createChallenge(o, db.platformSeal, {
      ...{ kind: 'second-factor' as const, userId },
      ...{ secret: firstStep, lifetimeSeconds: pendingSeconds },
    });
    const pending = { userId, tenantId: membership.tenant.id, challengeId };
    return {
      token: issuePending(authority, pending, now()),
      expiresInSeconds: pendingSeconds,
      methods: [
        ...(factors.totpSince === null ? [] : ['totp' as const]),
        ...(factors.passkeys.length === 0 ? [] : ['passkey' as const]),
        ...(factors.recoveryCodesLeft === 0 ? [] : ['recovery' as const]),
      ],
    };
  });
}

export interface UsableLogin {
  login: Login;
  membership: Login['memberships'][number];
}

/** The wrong password, or nobody; whose it was stays inside. */
interface Refused {
  refused: Login | undefined;
}

async function checkedLogin(
  body: Credentials,
  call: Call,
): Promise<UsableLogin | Problem | Refused> {
  const { db, passwords } = call.dependencies;
  const login = await db.asOperator('sign in', (o) => findLogin(o, body.email));
  const fits = await passwords.fits(body.password, login?.passwordHash);
  if (fits === undefined) return retryAfter('unavailable', 2);
  const membership = openMemberships(login)[0];
  if (!fits || login === undefined || !login.isActive || membership === undefined) {
    return { refused: login };
  }
  if (passwords.isOutdated(login.passwordHash)) await renewHash(call, login, body.password);
  return { login, membership };
}

/** Replaces a hash made with older parameters; when the machine is busy, next time will do. */
async function renewHash(call: Call, login: Login, password: string): Promise<void> {
  const { db, passwords } = call.dependencies;
  const hash = await passwords.hash(password);
  if (hash === undefined) return;
  await db.asOperator('renew a password hash', (o) =>
    replacePasswordHash(o, { userId: login.userId, hash, previousHash: login.passwordHash }),
  );
}

/** A wrong password is on record with the house and, for a known person, with their business. */
async function noteRefusal(
  call: Call,
  refused: { event: ReturnType<typeof whom>; login: Login | undefined },
): Promise<void> {
  const { db, telemetry, refusals } = call.dependencies;
  const { requestId } = call;
  telemetry.log.warn({ event: 'signInRefused', requestId });
  await db.asOperator('note a refused sign-in', (o) =>
    noteSecurityEvent(o, { kind: 'sign-in-refused', ...refused.event }),
  );
  const tenant = refused.login?.memberships[0]?.tenant;
  if (refused.login === undefined || tenant === undefined) return;
  const { userId } = refused.login;
  await db.withTenant(tenant.id, (t) =>
    appendAudit(t, {
      actor: 'anonymous',
      action: 'session.refused',
      objectKind: 'user',
      objectId: userId,
      requestId,
    }),
  );
  refusals.note(tenant.id);
}
