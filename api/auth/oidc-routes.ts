/** Signing in by way of another service; the person must exist here, by a confirmed address. */
import { z } from 'zod';
import { noteSecurityEvent } from '../../db/attempts.ts';
import { findLogin, findLoginById, type Login } from '../../db/auth.ts';
import { createChallenge, takeChallenge } from '../../db/challenges.ts';
import { linkIdentity, useIdentity } from '../../db/identities.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { noteAccount } from './account-notes.ts';
import { countAttempt, forgive, retryAfter, subjectsOf, whom } from './attempts.ts';
import { bindBrowser, isSameBrowser } from './browser-binding.ts';
import { faultName, isOutage, oidcAttempt, type KnownElsewhere, type OidcReturn } from './oidc.ts';
import { oidcAddress, oidcAsk, oidcReturn } from './oidc-schema.ts';
import { session } from './schema.ts';
import { secondStep } from './second-factor-schema.ts';
import { secondStepFor, type UsableLogin } from './sign-in.ts';
import { openMemberships, startSession } from './start-session.ts';

const attemptSeconds = 10 * 60;
const attemptSecret = z.strictObject({ attempt: oidcAttempt, browser: z.string() });

const leave = route({
  method: 'post',
  path: '/v1/sessions/oidc/options',
  tag: 'Sessions',
  summary: 'Begin signing in at another service',
  description: 'The answer is good for ten minutes, once, and in this browser only.',
  auth: 'public',
  request: { body: oidcAsk },
  responses: { 201: { description: 'Where to send the browser', schema: oidcAddress } },
  problems: ['not-found', 'throttled', 'unavailable'],
  handler: async ({ body }, call) => {
    const { db, oidc, config } = call.dependencies;
    const throttled = await countAttempt(call, subjectsOf(call, {}));
    if (throttled !== undefined) return throttled;
    const attempt = await oidc.begin(body.provider);
    if (attempt === undefined) return problem('not-found');
    const browser = bindBrowser(call.request, call.response, config.publicUrl);
    const state = await db.asOperator('begin a sign-in elsewhere', (o) =>
      createChallenge(o, db.platformSeal, {
        kind: 'oidc',
        secret: JSON.stringify({ attempt, browser }),
        lifetimeSeconds: attemptSeconds,
      }),
    );
    try {
      return { status: 201, body: { url: await oidc.addressOf(attempt, state) } };
    } catch (error) {
      return away(call, error);
    }
  },
});

const comeBack = route({
  method: 'post',
  path: '/v1/sessions/oidc',
  tag: 'Sessions',
  summary: 'Finish signing in at another service',
  description:
    'Takes what the service put into the address. The first time, an account is found by its confirmed e-mail address; from then on by the name the service has for it.',
  auth: 'public',
  request: { body: oidcReturn },
  responses: {
    201: { description: 'Signed in', schema: session },
    202: { description: 'Known there; now the second factor', schema: secondStep },
  },
  problems: ['sign-in-elsewhere-failed', 'throttled', 'unavailable'],
  handler: async ({ body }, call) => {
    const subjects = subjectsOf(call, {});
    const throttled = await countAttempt(call, subjects);
    if (throttled !== undefined) return throttled;
    const known = await askProvider(call, body);
    if ('problem' in known) return known;
    const login = await personOf(call, known);
    const membership = openMemberships(login)[0];
    if (login === undefined || !login.isActive || membership === undefined) {
      const meant = login?.memberships[0]?.tenant.id;
      if (meant !== undefined) call.dependencies.refusals.note(meant);
      return refused(call, 'nobody here');
    }
    await forgive(call, subjects);
    return signedIn(call, { login, membership });
  },
});

async function signedIn(call: Call, proven: UsableLogin) {
  const second = await secondStepFor(call, proven, 'oidc');
  if (second !== undefined) return { status: 202 as const, body: second };
  const body = await startSession({ ...proven, methods: ['oidc'], hasSecondFactor: false }, call);
  return { status: 201 as const, body };
}

/** Uses the attempt up, whatever comes of it, and lets the provider say who this is. */
async function askProvider(call: Call, back: OidcReturn): Promise<KnownElsewhere | Problem> {
  const { db, oidc, config } = call.dependencies;
  const secret = await db.asOperator('finish a sign-in elsewhere', (o) =>
    takeChallenge(o, db.platformSeal, { id: back.state, kind: 'oidc' }),
  );
  if (secret === undefined) return refused(call, 'unknown state');
  const { attempt, browser } = attemptSecret.parse(JSON.parse(secret));
  if (!isSameBrowser(call.request, config.publicUrl, browser)) {
    return refused(call, 'another browser');
  }
  try {
    return await oidc.finish(attempt, back);
  } catch (error) {
    return isOutage(error) ? away(call, error) : refused(call, faultName(error));
  }
}

/** Who this is here. An address leads to a person only while nobody is linked yet. */
async function personOf(call: Call, known: KnownElsewhere): Promise<Login | undefined> {
  const { db } = call.dependencies;
  const found = await db.asOperator('sign in from elsewhere', async (o) => {
    const userId = await useIdentity(o, known);
    if (userId !== undefined) return { login: await findLoginById(o, userId), isNew: false };
    if (known.confirmedEmail === undefined) return undefined;
    const login = await findLogin(o, known.confirmedEmail);
    if (login?.isActive !== true) return { login, isNew: false };
    await linkIdentity(o, known, login.userId);
    return { login, isNew: true };
  });
  if (found?.isNew === true && found.login !== undefined) {
    const detail = { issuer: known.issuer };
    const told = { kind: 'account-factor', figures: { what: 'identity-linked' } } as const;
    await noteAccount(call, found.login.userId, { action: 'identity.linked', detail, told });
  }
  return found?.login;
}

function away(call: Call, error: unknown): Problem {
  const { log } = call.dependencies.telemetry;
  log.warn({ event: 'identityProviderAway', why: faultName(error), requestId: call.requestId });
  return retryAfter('unavailable', 5);
}

async function refused(call: Call, why: string): Promise<Problem> {
  const { db, telemetry } = call.dependencies;
  telemetry.log.warn({ event: 'signInElsewhereRefused', why, requestId: call.requestId });
  await db.asOperator('note a refused sign-in', (o) =>
    noteSecurityEvent(o, { kind: 'sign-in-refused', ...whom(call, subjectsOf(call, {})) }),
  );
  return problem('sign-in-elsewhere-failed');
}

export const oidcRoutes: readonly Route[] = [leave, comeBack];
