/** Setting up and removing second factors. Every change ends the person's other sessions. */
import { z } from 'zod';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { findPasswordHash } from '../../db/auth.ts';
import { createChallenge, takeChallenge } from '../../db/challenges.ts';
import { queueMail } from '../../db/mails.ts';
import {
  acceptTotpStep,
  findSecondFactors,
  findTotpSeed,
  hasSecondFactor,
  insertPasskey,
  noteSecondFactor,
  proposeTotpSeed,
  removePasskey,
  removeTotp,
  replaceRecoveryCodes,
  type Passkey,
} from '../../db/second-factors.ts';
import { endSessions } from '../../db/sessions.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import { id as asId, toPublicId } from '../../domain/ids.ts';
import { newUuid } from '../new-id.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { noteAccount } from './account-notes.ts';
import { countAttempt, forgive, retryAfter, subjectsOf } from './attempts.ts';
import { openSeed, recoveryCodeHash, sealSeed } from './check-factor.ts';
import { enrolmentOptions, relyingParty, verifyEnrolment } from './passkeys.ts';
import { pendingSeconds } from './pending-tokens.ts';
import { hasFreshMfa } from './principal.ts';
import {
  addedPasskey,
  factorAsk,
  newPasskey,
  passkeyChallenge,
  recoveryCodes,
  secondFactors,
  totpConfirm,
  totpOffer,
} from './second-factor-schema.ts';
import { newRecoveryCodes, newSeed, plainRecoveryCode, stepOf, totpUri } from './totp.ts';

const list = route({
  method: 'get',
  path: '/v1/me/second-factors',
  tag: 'Accounts',
  summary: 'My second factors',
  auth: 'profile:read',
  request: {},
  responses: { 200: { description: 'What I can show beside the password', schema: secondFactors } },
  problems: [],
  handler: async (_input, { principal, dependencies: { db, now } }) => {
    const found = await db.asOperator('list second factors', (o) =>
      findSecondFactors(o, principal.userId),
    );
    return {
      status: 200,
      body: {
        ...{ totpSince: found.totpSince, recoveryCodesLeft: found.recoveryCodesLeft },
        passkeys: found.passkeys.map(showPasskey),
        isFresh: hasFreshMfa(principal, now()),
      },
    };
  },
});

function showPasskey({ id, name, isBackedUp, createdAt, usedAt }: Passkey) {
  return { id: toPublicId('passkey', asId('passkey', id)), name, isBackedUp, createdAt, usedAt };
}

/**
 * Whether this session may change second factors: with a fresh one, or for the first one with the
 * password, so that a stolen token alone locks nobody out.
 */
async function mayChange(call: Call, password: string | undefined): Promise<Problem | undefined> {
  const { db, passwords, now } = call.dependencies;
  const { userId } = call.principal;
  const found = await db.asOperator('check a password', async (o) => ({
    factors: await findSecondFactors(o, userId),
    person: await findPasswordHash(o, userId),
  }));
  if (hasSecondFactor(found.factors)) {
    return hasFreshMfa(call.principal, now()) ? undefined : problem('step-up-required');
  }
  if (found.person === undefined || password === undefined) return problem('invalid-credentials');
  const subjects = subjectsOf(call, { account: found.person.email.toLowerCase() });
  const throttled = await countAttempt(call, subjects);
  if (throttled !== undefined) return throttled;
  const fits = await passwords.fits(password, found.person.hash);
  if (fits === undefined) return retryAfter('unavailable', 2);
  if (!fits) return wrongPassword(call);
  await forgive(call, subjects);
  return undefined;
}

/** Whoever holds a session and guesses at its password counts like one at the door. */
function wrongPassword({ dependencies, principal }: Call): Problem {
  dependencies.refusals.note(principal.tenantId);
  return problem('invalid-credentials');
}

const changeProblems = [
  'invalid-credentials',
  'step-up-required',
  'throttled',
  'unavailable',
] as const;

const offerTotp = route({
  method: 'post',
  path: '/v1/me/totp',
  tag: 'Accounts',
  summary: 'Begin setting up an authenticator app',
  auth: 'profile:read',
  request: { body: factorAsk },
  responses: {
    201: { description: 'The secret for the app, not in force yet', schema: totpOffer },
  },
  problems: [...changeProblems, 'already-set-up'],
  handler: async ({ body }, call) => {
    const refused = await mayChange(call, body.password);
    if (refused !== undefined) return refused;
    const { db } = call.dependencies;
    const { userId } = call.principal;
    const seed = newSeed();
    const person = await db.asOperator('offer a seed', async (o) => {
      const isNew = await proposeTotpSeed(o, userId, sealSeed(call.dependencies, seed));
      return isNew ? findPasswordHash(o, userId) : undefined;
    });
    if (person === undefined) return problem('already-set-up');
    return { status: 201, body: { secret: seed, uri: totpUri(seed, person.email) } };
  },
});

const confirmTotp = route({
  method: 'post',
  path: '/v1/me/totp/confirm',
  tag: 'Accounts',
  summary: 'Put the authenticator app into force',
  description: 'Answers ten recovery codes, once, unless there are some already.',
  auth: 'profile:read',
  request: { body: totpConfirm },
  responses: { 201: { description: 'In force', schema: recoveryCodes } },
  problems: ['invalid-code', 'throttled'],
  handler: async ({ body }, call) => {
    const { db, now } = call.dependencies;
    const { userId } = call.principal;
    const subjects = subjectsOf(call, { code: userId });
    const throttled = await countAttempt(call, subjects);
    if (throttled !== undefined) return throttled;
    const isConfirmed = await db.asOperator('confirm a seed', async (o) => {
      const seed = await findTotpSeed(o, userId);
      if (seed === undefined || seed.isConfirmed) return false;
      const step = stepOf(openSeed(call.dependencies, seed.seedSealed), body.code, now());
      return step !== undefined && acceptTotpStep(o, { userId, step, isFirst: true });
    });
    if (!isConfirmed) return problem('invalid-code');
    await forgive(call, subjects);
    return { status: 201, body: { recoveryCodes: await changed(call, 'totp.add', 'otp') } };
  },
});

/**
 * After a change: this session counts as fresh when a factor was added, the others end, the person
 * is told by mail. Answers recovery codes when there were none and a factor is in force.
 */
async function changed(call: Call, action: AuditAction, method?: string): Promise<string[]> {
  const { db, revocations, config } = call.dependencies;
  const { userId, sessionId } = call.principal;
  const codes = await db.asOperator('change second factors', async (o) => {
    const factors = await findSecondFactors(o, userId);
    const fresh = method !== undefined && factors.recoveryCodesLeft === 0 ? newRecoveryCodes() : [];
    if (fresh.length > 0) await replaceRecoveryCodes(o, userId, hashesOf(call, fresh));
    if (!hasSecondFactor(factors)) await replaceRecoveryCodes(o, userId, []);
    if (method !== undefined) await noteSecondFactor(o, sessionId, method);
    await endSessions(o, { userId, exceptId: sessionId }, 'second-factor');
    const person = await findPasswordHash(o, userId);
    if (person !== undefined) {
      await queueMail(o, db.platformSeal, {
        ...{ template: 'second-factor-changed', locale: person.locale, to: person.email },
        values: { name: person.name, what: action, link: `${config.publicUrl}/forgot` },
      });
    }
    return fresh;
  });
  revocations.announce();
  await noteFactor(call, action);
  return codes;
}

function noteFactor(call: Call, action: AuditAction): Promise<void> {
  const told = { kind: 'account-factor', figures: { what: action.replace('.', '-') } } as const;
  return noteAccount(call, call.principal.userId, { action, told });
}

function hashesOf(call: Call, codes: readonly string[]): Buffer[] {
  return codes.map((code) => recoveryCodeHash(call.dependencies, plainRecoveryCode(code) ?? code));
}

const removeApp = route({
  method: 'delete',
  path: '/v1/me/totp',
  tag: 'Accounts',
  summary: 'Remove the authenticator app',
  auth: 'profile:read',
  stepUp: true,
  request: {},
  responses: { 204: { description: 'Removed' } },
  problems: ['not-found'],
  handler: async (_input, call) => {
    const isGone = await call.dependencies.db.asOperator('remove a seed', (o) =>
      removeTotp(o, call.principal.userId),
    );
    if (!isGone) return problem('not-found');
    await changed(call, 'totp.remove');
    return { status: 204, body: undefined };
  },
});

const renewCodes = route({
  method: 'post',
  path: '/v1/me/recovery-codes',
  tag: 'Accounts',
  summary: 'Make ten new recovery codes',
  description: 'The former ones stop working.',
  auth: 'profile:read',
  stepUp: true,
  request: {},
  responses: { 201: { description: 'Shown this once', schema: recoveryCodes } },
  problems: [],
  handler: async (_input, call) => {
    const { userId } = call.principal;
    const codes = newRecoveryCodes();
    await call.dependencies.db.asOperator('renew recovery codes', (o) =>
      replaceRecoveryCodes(o, userId, hashesOf(call, codes)),
    );
    await noteFactor(call, 'recovery-codes.renew');
    return { status: 201, body: { recoveryCodes: codes } };
  },
});

const askPasskey = route({
  method: 'post',
  path: '/v1/me/passkeys/options',
  tag: 'Accounts',
  summary: 'Begin adding a passkey',
  auth: 'profile:read',
  request: { body: factorAsk },
  responses: { 201: { description: 'A challenge for the browser', schema: passkeyChallenge } },
  problems: changeProblems,
  handler: async ({ body }, call) => {
    const refused = await mayChange(call, body.password);
    if (refused !== undefined) return refused;
    const { db, config } = call.dependencies;
    const { userId, sessionId } = call.principal;
    const { person, known } = await db.asOperator('read a person', async (o) => ({
      person: await findPasswordHash(o, userId),
      known: (await findSecondFactors(o, userId)).passkeys,
    }));
    const { email = '', name = '' } = person ?? {};
    const party = relyingParty(config.publicUrl);
    const options = await enrolmentOptions(party, { userId, email, name, known });
    const challengeId = await db.asOperator('make a challenge', (o) =>
      createChallenge(o, db.platformSeal, {
        ...{ kind: 'passkey-enrol' as const, userId, sessionId },
        secret: options.challenge,
        lifetimeSeconds: pendingSeconds,
      }),
    );
    return { status: 201, body: { challengeId, options: { ...options } } };
  },
});

const addPasskey = route({
  method: 'post',
  path: '/v1/me/passkeys',
  tag: 'Accounts',
  summary: 'Add the passkey the browser made',
  auth: 'profile:read',
  request: { body: newPasskey },
  responses: { 201: { description: 'It may be used from now on', schema: addedPasskey } },
  problems: ['invalid-code', 'already-set-up'],
  handler: async ({ body }, call) => {
    const { db, config, now } = call.dependencies;
    const { userId, sessionId } = call.principal;
    const asked = { id: body.challengeId, kind: 'passkey-enrol' as const, userId, sessionId };
    const challenge = await db.asOperator('use a challenge up', (o) =>
      takeChallenge(o, db.platformSeal, asked),
    );
    const party = relyingParty(config.publicUrl);
    // The schema has checked what the library reads; its type names more than that.
    const response = body.response as RegistrationResponseJSON;
    const credential = challenge && (await verifyEnrolment(party, challenge, response));
    if (credential === undefined || credential === '') return problem('invalid-code');
    const passkey = { ...credential, id: newUuid(now()), userId, name: body.name };
    const isNew = await db.asOperator('add a passkey', (o) => insertPasskey(o, passkey));
    if (!isNew) return problem('already-set-up');
    const codes = await changed(call, 'passkey.add', 'swk');
    const { passkeys } = await db.asOperator('read a passkey', (o) => findSecondFactors(o, userId));
    const stored = passkeys.find(({ id }) => id === passkey.id);
    if (stored === undefined) throw new Error('an insert was lost');
    return { status: 201, body: { passkey: showPasskey(stored), recoveryCodes: codes } };
  },
});

const dropPasskey = route({
  method: 'delete',
  path: '/v1/me/passkeys/{id}',
  tag: 'Accounts',
  summary: 'Remove a passkey',
  auth: 'profile:read',
  stepUp: true,
  request: { params: z.strictObject({ id: idSchema('passkey') }) },
  responses: { 204: { description: 'Removed' } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { userId } = call.principal;
    const isGone = await call.dependencies.db.asOperator('remove a passkey', (o) =>
      removePasskey(o, { id, userId }),
    );
    if (!isGone) return problem('not-found');
    await changed(call, 'passkey.remove');
    return { status: 204, body: undefined };
  },
});

export const enrolmentRoutes: readonly Route[] = [
  list,
  offerTotp,
  confirmTotp,
  removeApp,
  renewCodes,
  askPasskey,
  addPasskey,
  dropPasskey,
];
