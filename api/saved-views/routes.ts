/** Views of the transactions that a person keeps for themselves; nobody else sees them. */
import { z } from 'zod';
import {
  changeSavedView,
  keepSavedView,
  listSavedViews,
  removeSavedView,
  type SavedView,
} from '../../db/saved-views.ts';
import { toPublicId } from '../../domain/ids.ts';
import { newId } from '../new-id.ts';
import { idSchema } from '../primitives.ts';
import { problem } from '../problems.ts';
import { route, type Route } from '../route.ts';
import { savedView, savedViewChange, savedViewList, savedViewRequest } from './schema.ts';

const params = z.strictObject({ id: idSchema('savedView') });
const viewsMax = 50;
const responses = { 200: { description: 'The view as it is now', schema: savedView } };

const list = route({
  method: 'get',
  path: '/v1/saved-views',
  tag: 'Saved views',
  summary: 'Your views of the transactions, by name',
  auth: 'transactions:read',
  request: {},
  responses: { 200: { description: 'All of them', schema: savedViewList } },
  problems: [],
  handler: async (_input, { principal, dependencies: { db } }) => {
    const views = await db.withTenant(
      principal.tenantId,
      (t) => listSavedViews(t, principal.userId),
      { readOnly: true },
    );
    return { status: 200, body: { data: views.map(shown) } };
  },
});

const keep = route({
  method: 'post',
  path: '/v1/saved-views',
  tag: 'Saved views',
  summary: 'Keep a view under a name',
  description: 'A view of yours with the same name is replaced.',
  auth: 'transactions:read',
  request: { body: savedViewRequest },
  responses,
  problems: ['too-many-views'],
  handler: async ({ body }, { principal, dependencies: { db, now } }) => {
    const { name, isDefault } = body;
    const view = JSON.stringify(body.view);
    const kept = { id: newId('savedView', now()), name, isDefault, view, max: viewsMax };
    const stored = await db.withTenant(principal.tenantId, (t) =>
      keepSavedView(t, principal.userId, kept),
    );
    if (stored === 'full') return problem('too-many-views');
    return { status: 200, body: shown(stored) };
  },
});

const change = route({
  method: 'post',
  path: '/v1/saved-views/{id}',
  tag: 'Saved views',
  summary: 'Rename a view, or let it open by itself',
  auth: 'transactions:read',
  request: { params, body: savedViewChange },
  responses,
  problems: ['not-found', 'view-name-taken'],
  handler: async ({ params: { id }, body }, { principal, dependencies: { db } }) => {
    const changed = await db.withTenant(principal.tenantId, (t) =>
      changeSavedView(t, principal.userId, { ...body, id }),
    );
    if (changed === undefined) return problem('not-found');
    if (changed === 'taken') return problem('view-name-taken');
    return { status: 200, body: shown(changed) };
  },
});

const remove = route({
  method: 'delete',
  path: '/v1/saved-views/{id}',
  tag: 'Saved views',
  summary: 'Delete a view',
  auth: 'transactions:read',
  request: { params },
  responses: { 204: { description: 'It is gone' } },
  problems: ['not-found'],
  handler: async ({ params: { id } }, { principal, dependencies: { db } }) => {
    const isRemoved = await db.withTenant(principal.tenantId, (t) =>
      removeSavedView(t, principal.userId, id),
    );
    return isRemoved ? { status: 204 as const, body: undefined } : problem('not-found');
  },
});

function shown({ id, view, ...rest }: SavedView): z.infer<typeof savedView> {
  return { id: toPublicId('savedView', id), ...rest, view: JSON.parse(view) };
}

export const savedViewRoutes: readonly Route[] = [list, keep, change, remove];
