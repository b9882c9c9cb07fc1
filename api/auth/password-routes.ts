/** Forgotten and changed passwords; either ends the sessions that the old one opened. */
import { z } from 'zod';
import { findLogin, findPasswordHash, replacePasswordHash } from '../../db/auth.ts';
import {
  createEmailLink,
  findEmailLink,
  useEmailLink,
  voidEmailLinks,
} from '../../db/email-links.ts';
import { queueMail } from '../../db/mails.ts';
import { endSessions } from '../../db/sessions.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { noteAccount } from './account-notes.ts';
import { countAttempt, forgive, retryAfter, subjectsOf } from './attempts.ts';
import { refusedPassword } from './password-refusal.ts';
import { hashToken } from './refresh-cookie.ts';
import { mayMail, refuseFlood, takingAsLong } from './registration-routes.ts';
import { emailSchema, linkToken, newPassword, passwordChange, sentNotice } from './schema.ts';

const resetSeconds = 20 * 60;

const forgot = route({
  method: 'post',
  path: '/v1/password-resets',
  tag: 'Accounts',
  summary: 'Ask for a link to set a new password',
  description: 'The answer is the same, and takes as long, whether or not the address is known.',
  auth: 'public',
  request: { body: z.strictObject({ email: emailSchema }) },
  responses: { 202: { description: 'Look into the mailbox', schema: sentNotice } },
  problems: ['throttled'],
  handler: async ({ body: { email } }, call) => {
    const flood = await refuseFlood(call);
    if (flood !== undefined) return flood;
    await takingAsLong(async () => {
      if (await mayMail(call, email)) await sendReset(call, email);
    });
    return { status: 202, body: { sentTo: email } };
  },
});

async function sendReset(call: Call, email: string): Promise<void> {
  const { db, config, refreshTokens } = call.dependencies;
  const token = refreshTokens.create();
  await db.asOperator('send a reset link', async (o) => {
    const login = await findLogin(o, email);
    if (login === undefined || !login.isActive) return;
    const { userId, locale, name } = login;
    await createEmailLink(o, {
      ...{ kind: 'reset' as const, userId },
      tokenHash: hashToken(token),
      lifetimeSeconds: resetSeconds,
    });
    await queueMail(o, db.platformSeal, {
      ...{ template: 'reset', locale, to: login.email },
      values: { name, link: `${config.publicUrl}/reset#${token}` },
    });
  });
}

const reset = route({
  method: 'post',
  path: '/v1/password-resets/complete',
  tag: 'Accounts',
  summary: 'Set a new password with the link',
  description: 'Ends every session and signs nobody in; a second factor stays as it is.',
  auth: 'public',
  request: { body: z.strictObject({ token: linkToken, password: newPassword }) },
  responses: { 204: { description: 'The new password counts' } },
  problems: ['link-invalid', 'throttled', 'unavailable'],
  handler: async ({ body }, call) => {
    const throttled = await countAttempt(call, subjectsOf(call, {}));
    if (throttled !== undefined) return throttled;
    const { db, passwords, revocations } = call.dependencies;
    const hash = hashToken(body.token);
    const link = await db.asOperator('check a reset link', async (o) => {
      const found = await findEmailLink(o, { hash, kind: 'reset' });
      const userId = found?.userId ?? undefined;
      const person = userId && (await findPasswordHash(o, userId));
      return userId && person ? { ...person, userId } : undefined;
    });
    if (link === undefined) return problem('link-invalid');
    const refused = refusedPassword(passwords.objectionTo(body.password, link.email));
    if (refused !== undefined) return refused;
    const passwordHash = await passwords.hash(body.password);
    if (passwordHash === undefined) return retryAfter('unavailable', 2);
    const isDone = await db.asOperator('set a new password', async (o) => {
      if (!(await useEmailLink(o, hash))) return false;
      await replacePasswordHash(o, { userId: link.userId, hash: passwordHash });
      await endSessions(o, { userId: link.userId }, 'password');
      await sendChanged(call, o, link);
      return true;
    });
    if (!isDone) return problem('link-invalid');
    revocations.announce();
    await forgive(call, subjectsOf(call, { account: link.email.toLowerCase() }));
    await noteAccount(call, link.userId, { action: 'password.reset', told });
    return { status: 204, body: undefined };
  },
});

const told = { kind: 'account-password', figures: {} } as const;

type Operator = Parameters<Parameters<Call['dependencies']['db']['asOperator']>[1]>[0];

function sendChanged(
  { dependencies: { db, config } }: Call,
  o: Operator,
  person: { email: string; locale: string; name: string },
): Promise<void> {
  return queueMail(o, db.platformSeal, {
    template: 'password-changed',
    locale: person.locale,
    to: person.email,
    values: { name: person.name, link: `${config.publicUrl}/forgot` },
  });
}

const change = route({
  method: 'post',
  path: '/v1/me/password',
  tag: 'Accounts',
  summary: 'Change my password',
  description: 'Ends all my other sessions.',
  auth: 'profile:read',
  request: { body: passwordChange },
  responses: { 204: { description: 'The new password counts' } },
  problems: ['invalid-credentials', 'throttled', 'unavailable'],
  handler: async ({ body }, call) => {
    const { db, passwords, refusals, revocations } = call.dependencies;
    const { userId, sessionId } = call.principal;
    const person = await db.asOperator('read a password', (o) => findPasswordHash(o, userId));
    if (person === undefined) return problem('unauthenticated');
    const subjects = subjectsOf(call, { account: person.email.toLowerCase() });
    const throttled = await countAttempt(call, subjects);
    if (throttled !== undefined) return throttled;
    const fits = await passwords.fits(body.currentPassword, person.hash);
    if (fits === undefined) return retryAfter('unavailable', 2);
    if (!fits) {
      refusals.note(call.principal.tenantId);
      return problem('invalid-credentials');
    }
    await forgive(call, subjects);
    const refused = refusedPassword(passwords.objectionTo(body.password, person.email));
    if (refused !== undefined) return refused;
    const hash = await passwords.hash(body.password);
    if (hash === undefined) return retryAfter('unavailable', 2);
    await db.asOperator('change a password', async (o) => {
      await replacePasswordHash(o, { userId, hash });
      await voidEmailLinks(o, userId);
      await endSessions(o, { userId, exceptId: sessionId }, 'password');
      await sendChanged(call, o, person);
    });
    revocations.announce();
    await noteAccount(call, userId, { action: 'password.change', told });
    return { status: 204, body: undefined };
  },
});

export const passwordRoutes: readonly Route[] = [forgot, reset, change];
