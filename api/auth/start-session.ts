/** From a proven person to a session: the row, its first refresh token, and the access token. */
import { appendAudit } from '../../db/audit.ts';
import { findMember, type Login, type Member, type TenantName } from '../../db/auth.ts';
import { createSession } from '../../db/sessions.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import { toPublicId, type SessionId, type TenantId, type UserId } from '../../domain/ids.ts';
import { newId } from '../new-id.ts';
import type { Call } from '../route.ts';
import { noteAccount } from './account-notes.ts';
import { deviceOf } from './device.ts';
import { deviceMarkOf, isNewDevice, mailNewDevice } from './known-device.ts';
import { isPermitted, type Role } from './permissions.ts';
import { hashToken, setRefreshCookie } from './refresh-cookie.ts';
import type { Session } from './schema.ts';
import { issueToken, lifetimeSeconds } from './tokens.ts';

const daySeconds = 24 * 60 * 60;
const lifetimes = { ordinary: 14 * daySeconds, approvesMoney: 8 * 60 * 60 } as const;
const addressContext = 'session address';

/** Whoever can let money out signs in anew every working day; everybody else every two weeks. */
export function sessionSecondsMax(role: Role): number {
  return isPermitted(role, 'disbursements:approve') ? lifetimes.approvesMoney : lifetimes.ordinary;
}

export interface Proven {
  login: Pick<Login, 'userId' | 'email' | 'name' | 'locale'>;
  membership: Login['memberships'][number];
  /** How they proved it: `pwd`, `otp`, `swk`, `oidc`, … */
  methods: readonly string[];
  hasSecondFactor: boolean;
}

/** Starts a session, sets its cookie and answers what the client keeps in memory. */
export async function startSession(proven: Proven, call: Call): Promise<Session> {
  const { db, now, refreshTokens, config } = call.dependencies;
  const { login, membership, methods, hasSecondFactor } = proven;
  const { role, tenant } = membership;
  const sessionId = newId('session', now());
  const token = refreshTokens.create();
  const maxAgeSeconds = sessionSecondsMax(role);
  const { userId } = login;
  const device = deviceOf(call.request.get('user-agent'));
  const mark = deviceMarkOf(call.request, config.publicUrl);
  const address = call.request.ip ?? 'unknown';
  const isNew = await db.asOperator('start a session', async (o) => {
    const isFirstHere = await isNewDevice(
      o,
      { userId, device, mark: mark.hash },
      (sealed) => openAddress(call.dependencies, sealed) === address,
    );
    await createSession(o, {
      ...{ id: sessionId, userId, tenantId: tenant.id, methods, hasSecondFactor },
      tokenHash: hashToken(token),
      lifetimeSeconds: maxAgeSeconds,
      ...{ device, deviceMark: mark.hash },
      addressSealed: db.platformSeal.sealText(address, addressContext),
    });
    const told = { device, person: login, atMs: now(), publicUrl: config.publicUrl };
    if (isFirstHere) await mailNewDevice(o, db, told);
    return isFirstHere;
  });
  await noteSession(call, {
    ...{ tenantId: tenant.id, userId: login.userId, sessionId },
    action: 'session.start',
    detail: { methods },
  });
  if (isNew) {
    const told = { kind: 'account-device', figures: { device } } as const;
    await noteAccount(call, userId, { action: 'session.new-device', detail: { device }, told });
  }
  setRefreshCookie(call.response, config.publicUrl, { token, maxAgeSeconds });
  mark.leave(call.response);
  return presentSession(call, {
    ...{ sessionId, methods },
    member: { ...login, role, tenant },
    signedInAtMs: now(),
    endsAtMs: now() + maxAgeSeconds * 1000,
  });
}

/** Records what happened to a session in the audit log of the business it belongs to. */
export function noteSession(
  call: Pick<Call, 'dependencies' | 'requestId'>,
  event: {
    tenantId: TenantId;
    userId: UserId;
    sessionId: SessionId;
    action: AuditAction;
    detail?: Record<string, unknown>;
  },
): Promise<number> {
  const { tenantId, userId, sessionId, action, detail = {} } = event;
  return call.dependencies.db.withTenant(tenantId, (t) =>
    appendAudit(t, {
      ...{ action, detail },
      actor: `user:${userId}`,
      objectKind: 'session',
      objectId: sessionId,
      requestId: call.requestId,
    }),
  );
}

/** Where a person can go on: businesses that are not closed, those that work before suspended ones. */
export function openMemberships(login: Pick<Login, 'memberships'> | undefined) {
  const open = login?.memberships.filter(({ tenant }) => tenant.status !== 'closed') ?? [];
  return open.toSorted((a, b) => a.tenant.status.localeCompare(b.tenant.status));
}

/** The person as a member of a business that is not closed; undefined otherwise. */
export async function activeMember(
  { db }: Call['dependencies'],
  who: { tenantId: TenantId; userId: UserId },
): Promise<Member | undefined> {
  const member = await db.withTenant(who.tenantId, (t) => findMember(t, who.userId), {
    readOnly: true,
  });
  return member?.tenant.status === 'closed' ? undefined : member;
}

/** What a client gets to know of a session, with a fresh access token. */
export function presentSession(
  { dependencies: { authority, now } }: Call,
  session: {
    sessionId: SessionId;
    member: Member;
    methods: readonly string[];
    signedInAtMs: number;
    endsAtMs: number;
  },
): Session {
  const { member, sessionId, methods } = session;
  const person = {
    ...{ userId: member.userId, tenantId: member.tenant.id, role: member.role, sessionId, methods },
    signedInAt: Math.floor(session.signedInAtMs / 1000),
  };
  return {
    accessToken: issueToken(authority, person, now()),
    expiresInSeconds: lifetimeSeconds,
    sessionEndsInSeconds: Math.max(0, Math.floor((session.endsAtMs - now()) / 1000)),
    user: userOf(member),
    tenant: tenantOf(member.tenant),
  };
}

export function userOf({ userId, name, email, locale, role }: Omit<Member, 'tenant'>) {
  return { id: toPublicId('user', userId), name, email, locale, role };
}

export function tenantOf({ id, name, slug, environment }: TenantName) {
  return { id: toPublicId('tenant', id), name, slug, environment };
}

/** The address a session was started from, for its owner. */
export function openAddress({ db }: Call['dependencies'], sealed: string): string {
  return db.platformSeal.openText(sealed, addressContext);
}
