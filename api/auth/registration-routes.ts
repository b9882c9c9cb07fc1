/**
 * Signing up: a request that always gets the same answer, then a link in an e-mail. Neither person
 * nor business exists before the link is used, so nobody can take an address that is not theirs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { findLogin } from '../../db/auth.ts';
import { createEmailLink, findEmailLink, useEmailLink } from '../../db/email-links.ts';
import { queueMail } from '../../db/mails.ts';
import { createUser, foundTenant } from '../../db/tenants.ts';
import { id, type TenantId, type UserId } from '../../domain/ids.ts';
import { newId } from '../new-id.ts';
import { problem, type Problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { countAttempt, retryAfter, subjectsOf } from './attempts.ts';
import { refusedPassword } from './password-refusal.ts';
import { hashToken } from './refresh-cookie.ts';
import {
  linkToken,
  registration,
  sentNotice,
  verifiedRegistration,
  type Registration,
} from './schema.ts';

const steadyMs = 250;
const lifetimeSeconds = 24 * 60 * 60;
const detailsContext = 'registration';

const register = route({
  method: 'post',
  path: '/v1/registrations',
  tag: 'Accounts',
  summary: 'Sign up',
  description:
    'A link is sent to the address; the answer is the same whether or not it has an account already.',
  auth: 'public',
  request: { body: registration },
  responses: { 202: { description: 'Look into the mailbox', schema: sentNotice } },
  problems: ['throttled', 'unavailable'],
  handler: async ({ body }, call) => {
    const { passwords, db } = call.dependencies;
    const refused = refusedPassword(passwords.objectionTo(body.password, body.email));
    if (refused !== undefined) return refused;
    const throttled = await countAttempt(call, mailSubjects(call, 'mail-address'));
    if (throttled !== undefined) return throttled;
    const passwordHash = await passwords.hash(body.password);
    if (passwordHash === undefined) return retryAfter('unavailable', 2);
    await takingAsLong(async () => {
      if (!(await mayMail(call, body.email))) return;
      const known = await db.asOperator('sign up', (o) => findLogin(o, body.email));
      if (known === undefined) await sendVerification(call, body, passwordHash);
      else await sendReminder(call, body);
    });
    return { status: 202, body: { sentTo: body.email } };
  },
});

/** Hides in a fixed time whether there was anything to do. */
export async function takingAsLong(work: () => Promise<void>): Promise<void> {
  await Promise.all([work(), delay(steadyMs)]);
}

function mailSubjects(call: Call, kind: 'mail' | 'mail-address', email?: string) {
  return subjectsOf(call, { [kind]: email ?? call.request.ip ?? 'unknown' }).filter(
    (subject) => subject.kind === kind,
  );
}

/** Three mails an hour to one mailbox; more are silently not sent. */
export async function mayMail(call: Call, email: string): Promise<boolean> {
  return (await countAttempt(call, mailSubjects(call, 'mail', email))) === undefined;
}

/** Twenty requests for mails an hour from one address of the network; more are refused. */
export function refuseFlood(call: Call): Promise<Problem | undefined> {
  return countAttempt(call, mailSubjects(call, 'mail-address'));
}

interface Details extends Omit<Registration, 'password'> {
  passwordHash: string;
  tenantId: TenantId;
  userId: UserId;
}

async function sendVerification(call: Call, body: Registration, passwordHash: string) {
  const { db, now, config, refreshTokens } = call.dependencies;
  const token = refreshTokens.create();
  const { password: _password, ...rest } = body;
  const ids = { tenantId: newId('tenant', now()), userId: newId('user', now()) };
  const details: Details = { ...rest, passwordHash, ...ids };
  await db.asOperator('send a verification link', async (o) => {
    await createEmailLink(o, {
      kind: 'registration',
      tokenHash: hashToken(token),
      detailsSealed: db.platformSeal.sealText(JSON.stringify(details), detailsContext),
      lifetimeSeconds,
    });
    await queueMail(o, db.platformSeal, {
      template: 'verify',
      locale: body.locale,
      to: body.email,
      values: { name: body.name, link: `${config.publicUrl}/verify#${token}` },
    });
  });
}

/** Whoever signs up twice is told so by mail, where only the owner of the address reads it. */
async function sendReminder(call: Call, body: Registration) {
  const { db, config } = call.dependencies;
  await db.asOperator('remind of an account', (o) =>
    queueMail(o, db.platformSeal, {
      template: 'already-registered',
      locale: body.locale,
      to: body.email,
      values: { name: body.name, link: `${config.publicUrl}/login` },
    }),
  );
}

const verify = route({
  method: 'post',
  path: '/v1/registrations/verify',
  tag: 'Accounts',
  summary: 'Confirm the e-mail address',
  description: 'Creates the person and their business; signing in comes after it.',
  auth: 'public',
  request: { body: z.strictObject({ token: linkToken }) },
  responses: { 201: { description: 'The account is ready', schema: verifiedRegistration } },
  problems: ['link-invalid', 'throttled'],
  handler: async ({ body }, call) => {
    const throttled = await countAttempt(call, subjectsOf(call, {}));
    if (throttled !== undefined) return throttled;
    const { db } = call.dependencies;
    const tokenHash = hashToken(body.token);
    const link = await db.asOperator('confirm an address', (o) =>
      findEmailLink(o, { hash: tokenHash, kind: 'registration' }),
    );
    const sealed = link?.detailsSealed ?? undefined;
    if (sealed === undefined) return problem('link-invalid');
    const details = openDetails(db.platformSeal.openText(sealed, detailsContext));
    if ((await settle(call, details)) !== 'done') return problem('link-invalid');
    // Used up last: whatever broke before it can be tried again with the same link.
    await db.asOperator('use a link up', (o) => useEmailLink(o, tokenHash));
    return { status: 201, body: { email: details.email } };
  },
});

function openDetails(text: string): Details {
  const details: Details = JSON.parse(text);
  const { tenantId, userId } = details;
  return { ...details, tenantId: id('tenant', tenantId), userId: id('user', userId) };
}

/** Every step may be repeated: ids were chosen when the link was made. */
async function settle(call: Call, details: Details): Promise<'done' | 'taken'> {
  const { db } = call.dependencies;
  const { tenantId, userId, email, name, passwordHash, locale } = details;
  const slug = `${slugOf(details.business)}-${tenantId.slice(-8)}`;
  const owner = await db.asOperator('create a person', (o) =>
    createUser(o, { id: userId, email, name, passwordHash, locale }),
  );
  if (owner !== userId) return 'taken';
  const business = { id: tenantId, slug, name: details.business, environment: 'test' } as const;
  await foundTenant(db, { ...business, ownerId: userId });
  await db.withTenant(tenantId, async (t) => {
    await appendAudit(t, {
      actor: `user:${userId}`,
      action: 'account.register',
      objectKind: 'user',
      objectId: userId,
      requestId: call.requestId,
    });
  });
  return 'done';
}

function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return plain === '' ? 'business' : plain;
}

export const registrationRoutes: readonly Route[] = [register, verify];
