/** The tenant's M-PESA numbers: adding, changing, renewing credentials. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import type { TenantHandle } from '../../db/database.ts';
import {
  findShortcode,
  insertShortcode,
  listShortcodes,
  rotateCredentials,
  updateShortcode,
  type Shortcode,
} from '../../db/shortcodes.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import type { ShortcodeId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { takeCurrent } from '../precondition.ts';
import { problem } from '../problems.ts';
import { entityTag } from '../reply.ts';
import { route, type Call, type Route } from '../route.ts';
import { showShortcode, versionOfShortcode } from './present.ts';
import {
  credentialInput,
  newShortcode,
  shortcode,
  shortcodeAddresses,
  shortcodeChange,
  shortcodeList,
} from './schema.ts';
import { idFor } from '../request-id.ts';

const params = z.strictObject({ id: idSchema('shortcode') });

const list = route({
  method: 'get',
  path: '/v1/shortcodes',
  tag: 'Shortcodes',
  summary: 'The paybills and tills of the business',
  auth: 'shortcodes:read',
  request: {},
  responses: { 200: { description: 'All shortcodes', schema: shortcodeList } },
  problems: [],
  handler: async (_input, call) => {
    const found = await readOwn(call, listShortcodes);
    return { status: 200, body: { data: found.map(showShortcode) } };
  },
});

const read = route({
  method: 'get',
  path: '/v1/shortcodes/{id}',
  tag: 'Shortcodes',
  summary: 'One shortcode',
  auth: 'shortcodes:read',
  request: { params },
  responses: { 200: { description: 'The shortcode', schema: shortcode } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const found = await readOwn(call, (t) => findShortcode(t, id));
    return found === undefined ? problem('not-found') : answerWith(found);
  },
});

/** A shortcode and its version. */
function answerWith(found: Shortcode) {
  const body = showShortcode(found);
  return { status: 200 as const, body, headers: { ETag: entityTag(body.version) } };
}

/** The shortcode until the end of the transaction, if it is still the one that was looked at. */
function takeShortcode(t: TenantHandle, call: Call, id: ShortcodeId) {
  return takeCurrent(t, call, {
    name: `shortcode/${id}`,
    read: () => findShortcode(t, id),
    version: versionOfShortcode,
  });
}

const create = route({
  method: 'post',
  path: '/v1/shortcodes',
  tag: 'Shortcodes',
  summary: 'Add a paybill or till',
  auth: 'shortcodes:manage',
  stepUp: true,
  request: { body: newShortcode },
  idempotency: 'optional',
  responses: { 201: { description: 'It was added', schema: shortcode } },
  problems: ['shortcode-exists'],
  handler: async ({ body }, call) => {
    const { config } = call.dependencies;
    const actor = actorOf(call.principal);
    const shortcodeId = idFor(call, 'shortcode', body);
    const { credentials, ...facts } = body;
    const created = await changeOwn(call, async (t) => {
      const environment = environmentOf(config.daraja.baseUrl);
      const isNew = await insertShortcode(t, {
        ...{ ...facts, id: shortcodeId, environment, createdBy: actor },
      });
      // A request that is repeated finds what the first one made; the number may be another's.
      if (!isNew) return findShortcode(t, shortcodeId);
      await note(t, call, { action: 'shortcode.create', shortcodeId, detail: { ...facts } });
      if (credentials !== undefined) {
        await rotateCredentials(t, shortcodeId, { secrets: credentials, actor });
        await note(t, call, { action: 'shortcode.credentials', shortcodeId, detail: {} });
      }
      return findShortcode(t, shortcodeId);
    });
    return created === undefined
      ? problem('shortcode-exists')
      : { status: 201, body: showShortcode(created) };
  },
});

/** Which of Safaricom's environments this installation speaks to; twins count as a sandbox. */
function environmentOf(baseUrl: string): 'sandbox' | 'production' {
  return new URL(baseUrl).hostname === 'api.safaricom.co.ke' ? 'production' : 'sandbox';
}

const change = route({
  method: 'post',
  path: '/v1/shortcodes/{id}/settings',
  tag: 'Shortcodes',
  summary: 'Rename, pause or resume it, or change its validation rules',
  auth: 'shortcodes:manage',
  request: { params, body: shortcodeChange },
  ifMatch: true,
  responses: { 200: { description: 'As it is now', schema: shortcode } },
  problems: ['not-found'],
  handler: async ({ params: { id }, body }, call) => {
    const changed = await changeOwn(call, async (t) => {
      const patch = Object.fromEntries(
        Object.entries(body).filter(([, value]) => value !== undefined),
      );
      const known = await takeShortcode(t, call, id);
      if ('problem' in known) return known;
      // Only a till is called by another number than its own.
      const { storeNumber: _storeNumber, ...rest } = patch;
      const fitting = known.kind === 'till' ? patch : rest;
      await updateShortcode(t, id, fitting);
      await note(t, call, { action: 'shortcode.update', shortcodeId: id, detail: fitting });
      return findShortcode(t, id);
    });
    if (changed === undefined) return problem('not-found');
    return 'problem' in changed ? changed : answerWith(changed);
  },
});

const renew = route({
  method: 'post',
  path: '/v1/shortcodes/{id}/credentials',
  tag: 'Shortcodes',
  summary: 'Use new credentials from now on',
  description:
    'Calls under way end with the old ones. A stopped initiator may work again. Credentials are never shown.',
  auth: 'shortcodes:manage',
  stepUp: true,
  request: { params, body: credentialInput },
  ifMatch: true,
  responses: { 200: { description: 'As it is now', schema: shortcode } },
  problems: ['not-found'],
  handler: async ({ params: { id }, body }, call) => {
    const actor = actorOf(call.principal);
    const renewed = await changeOwn(call, async (t) => {
      const known = await takeShortcode(t, call, id);
      if ('problem' in known) return known;
      const version = await rotateCredentials(t, id, { secrets: body, actor });
      const detail = { version, hasPasskey: body.passkey !== '' };
      await note(t, call, { action: 'shortcode.credentials', shortcodeId: id, detail });
      return findShortcode(t, id);
    });
    if (renewed === undefined) return problem('not-found');
    return 'problem' in renewed ? renewed : answerWith(renewed);
  },
});

const addresses = route({
  method: 'get',
  path: '/v1/shortcodes/{id}/addresses',
  tag: 'Shortcodes',
  summary: 'Where Daraja sends the payments of this shortcode',
  description: 'The addresses are secrets: whoever knows one can post to it.',
  auth: 'shortcodes:manage',
  request: { params },
  responses: { 200: { description: 'Both addresses', schema: shortcodeAddresses } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, call) => {
    const { principal } = call;
    const { hooks } = call.dependencies;
    const { tenantId } = principal;
    const found = await readOwn(call, (t) => findShortcode(t, id));
    if (found === undefined) return problem('not-found');
    const about = { tenantId, targetId: id };
    return {
      status: 200,
      body: {
        confirmationUrl: hooks.tokens.urlOf('c', about),
        validationUrl: hooks.tokens.urlOf('v', about),
      },
    };
  },
});

/** Writes down what was done to a shortcode, in the transaction that does it. */
export async function note(
  t: TenantHandle,
  call: Call,
  what: { action: AuditAction; shortcodeId: ShortcodeId; detail: Record<string, unknown> },
): Promise<void> {
  await appendAudit(t, {
    actor: actorOf(call.principal),
    action: what.action,
    objectKind: 'shortcode',
    objectId: what.shortcodeId,
    detail: what.detail,
    requestId: call.requestId,
  });
}

export const shortcodeRoutes: readonly Route[] = [list, create, read, change, renew, addresses];
