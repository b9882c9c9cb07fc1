/** Keys for programs: made by a person with a fresh second factor, shown once, replaced, ended. */
import { z } from 'zod';
import {
  findApiKey,
  insertApiKey,
  replaceSecret,
  listApiKeys,
  retireApiKey,
  revokeApiKey,
  withKeysOf,
  type ApiKey,
} from '../../db/api-keys.ts';
import { appendAudit } from '../../db/audit.ts';
import { findMember, type Member } from '../../db/auth.ts';
import { queueMail } from '../../db/mails.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import { renderApiKey } from '../../domain/auth/api-key.ts';
import { toPublicId, type ApiKeyId } from '../../domain/ids.ts';
import { tellPerson } from '../auth/account-notes.ts';
import { randomBase62, secretHash } from '../auth/api-keys.ts';
import { grantableScopes, type Permission } from '../auth/permissions.ts';
import { actorOf } from '../auth/principal.ts';
import { announceNotices } from '../notices/announce.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { apiKeyList, createdApiKey, newApiKey, rotation } from './schema.ts';
import { idFor } from '../request-id.ts';

const params = z.strictObject({ id: idSchema('apiKey') });
const dayMs = 24 * 60 * 60 * 1000;

const list = route({
  method: 'get',
  path: '/v1/api-keys',
  tag: 'API keys',
  summary: 'Keys of the business',
  auth: 'keys:read',
  request: {},
  responses: { 200: { description: 'The newest first', schema: apiKeyList } },
  problems: [],
  handler: async (_input, { principal, dependencies: { db, now } }) => {
    const keys = await withKeysOf(db, principal.tenantId, listApiKeys);
    const grantable = grantableScopes(principal.role);
    return { status: 200, body: { data: keys.map((key) => show(key, now())), grantable } };
  },
});

function show(key: ApiKey, nowMs: number) {
  return {
    id: toPublicId('apiKey', key.id),
    name: key.name,
    start: `dft_${key.environment}_${key.lookup}`,
    scopes: key.scopes,
    addresses: key.addresses,
    createdBy: toPublicId('user', key.createdBy),
    createdAt: key.createdAt,
    expiresAt: key.expiresAt,
    usedAt: key.usedAt,
    state: stateOf(key, nowMs),
  };
}

function stateOf(key: ApiKey, nowMs: number) {
  if (key.revokedAt !== null) return 'revoked' as const;
  if (Date.parse(key.expiresAt) <= nowMs) return 'expired' as const;
  return key.rotatedTo === null ? ('active' as const) : ('rotated' as const);
}

const create = route({
  method: 'post',
  path: '/v1/api-keys',
  tag: 'API keys',
  summary: 'Make a key',
  description:
    'The key is shown in this answer only. It may do what its scopes and the role of whoever made it both allow, and stops when they leave.',
  auth: 'keys:manage',
  stepUp: true,
  request: { body: newApiKey },
  idempotency: 'optional',
  responses: { 201: { description: 'Keep it now', schema: createdApiKey } },
  problems: ['scope-refused'],
  handler: async ({ body }, call) => {
    const grantable = grantableScopes(call.principal.role);
    if (!body.scopes.every((scope) => grantable.includes(scope))) return problem('scope-refused');
    const { expiresInDays: lifetimeDays, ...rest } = body;
    return make(call, { ...rest, lifetimeDays, id: idFor(call, 'apiKey', body) });
  },
});

interface Wanted {
  id: ApiKeyId;
  name: string;
  scopes: readonly Permission[] | readonly string[];
  addresses: readonly string[];
  lifetimeDays: number;
  replaces?: { id: ApiKeyId; overlapHours: number };
}

async function make(call: Call, wanted: Wanted) {
  const { db, now, revocations } = call.dependencies;
  const { tenantId, userId } = call.principal;
  const member = await readOwn(call, (t) => findMember(t, userId));
  if (member === undefined) return problem('unauthenticated');
  const { environment } = member.tenant;
  const [lookup, secret] = [randomBase62(8), randomBase62(43)];
  const { id, name, scopes, addresses, lifetimeDays, replaces } = wanted;
  const stored = await withKeysOf(db, tenantId, async (p) => {
    if ((await findApiKey(p, id)) !== undefined) {
      // The answer with the first secret was lost: nobody knows it, so another one takes its place.
      await replaceSecret(p, id, { lookup, secretHash: secretHash(db, lookup, secret) });
      return findApiKey(p, id);
    }
    await insertApiKey(p, tenantId, {
      ...{ id, lookup, environment, name, scopes, addresses, lifetimeDays },
      secretHash: secretHash(db, lookup, secret),
      createdBy: userId,
    });
    if (replaces !== undefined) await retireApiKey(p, { ...replaces, successor: id });
    await mailMade(call, p, member);
    return findApiKey(p, id);
  });
  if (stored === undefined) throw new Error('an insert was lost');
  revocations.announce();
  await noteMade(call, { id, isFresh: replaces === undefined, scopes });
  const key = renderApiKey({ environment, lookup, secret });
  return { status: 201 as const, body: { apiKey: show(stored, now()), key } };
}

/** A key acts for its maker, who is told by mail and bell in case it was somebody else. */
function mailMade(
  { dependencies: { db, config } }: Call,
  p: Parameters<typeof queueMail>[0],
  { name, email: to, locale, tenant }: Member,
): Promise<void> {
  return queueMail(p, db.platformSeal, {
    ...{ template: 'key-made', locale, to },
    values: { name, business: tenant.name, link: `${config.publicUrl}/api-keys` },
  });
}

async function noteMade(
  call: Call,
  { id, isFresh, scopes }: { id: ApiKeyId; isFresh: boolean; scopes: readonly string[] },
): Promise<void> {
  const { principal, dependencies, requestId } = call;
  const { now } = dependencies;
  const { tenantId, userId } = principal;
  const action = isFresh ? 'key.create' : 'key.rotate';
  await changeOwn(call, async (t) => {
    await appendAudit(t, {
      ...{ action, detail: { scopes }, actor: actorOf(principal), requestId },
      ...{ objectKind: 'api-key', objectId: id },
    });
    const figures = { scopes: scopes.length };
    const telling = { kind: 'account-key', figures, subjectId: id } as const;
    await tellPerson(t, { userId, nowMs: now() }, telling);
  });
  announceNotices(dependencies, tenantId);
}

function note(call: Call, id: ApiKeyId, action: AuditAction, detail: Record<string, unknown> = {}) {
  return changeOwn(call, (t) =>
    appendAudit(t, {
      ...{ action, detail },
      actor: actorOf(call.principal),
      objectKind: 'api-key',
      objectId: id,
      requestId: call.requestId,
    }),
  );
}

const rotate = route({
  method: 'post',
  path: '/v1/api-keys/{id}/rotate',
  tag: 'API keys',
  summary: 'Replace a key',
  description: 'The new one has the same scopes; the old one works for the overlap still.',
  auth: 'keys:manage',
  stepUp: true,
  request: { params, body: rotation },
  idempotency: 'optional',
  responses: { 201: { description: 'Keep it now', schema: createdApiKey } },
  problems: ['not-found', 'scope-refused'],
  handler: async ({ params: { id }, body }, call) => {
    const { db, now } = call.dependencies;
    const { overlapHours } = body;
    const successor = idFor(call, 'apiKey', body);
    const { tenantId, role } = call.principal;
    const old = await withKeysOf(db, tenantId, (p) => findApiKey(p, id));
    const isUsable = old?.rotatedTo === successor || (old && stateOf(old, now()) === 'active');
    if (old === undefined || !isUsable) return problem('not-found');
    const grantable: readonly string[] = grantableScopes(role);
    if (!old.scopes.every((scope) => grantable.includes(scope))) return problem('scope-refused');
    const days = Math.ceil((Date.parse(old.expiresAt) - Date.parse(old.createdAt)) / dayMs);
    const { name, scopes, addresses } = old;
    const lifetimeDays = Math.min(Math.max(days, 1), 365);
    const replaces = { id, overlapHours };
    return make(call, { id: successor, name, scopes, addresses, lifetimeDays, replaces });
  },
});

const revoke = route({
  method: 'delete',
  path: '/v1/api-keys/{id}',
  tag: 'API keys',
  summary: 'End a key now',
  description: 'Needs no fresh second factor: a leaked key must be stopped at once.',
  auth: 'keys:manage',
  request: { params },
  responses: { 204: { description: 'It does not work any more' } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { db, revocations } = call.dependencies;
    const isEnded = await withKeysOf(db, call.principal.tenantId, (p) => revokeApiKey(p, id));
    if (!isEnded) return problem('not-found');
    revocations.announce();
    await note(call, id, 'key.revoke');
    return { status: 204, body: undefined };
  },
});

export const keyRoutes: readonly Route[] = [list, create, rotate, revoke];
