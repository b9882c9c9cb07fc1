/**
 * Views of the transactions: a person's own, which nobody else sees, and those of the business, which
 * everybody sees and who may change its settings keeps.
 */
import { z } from 'zod';
import {
  changeSavedView,
  keepSavedView,
  listSavedViews,
  removeSavedView,
  type Keeper,
  type SavedView,
} from '../../db/saved-views.ts';
import { toPublicId, type SavedViewId } from '../../domain/ids.ts';
import { mayDo, type Principal } from '../auth/principal.ts';
import { newId } from '../new-id.ts';
import { changeOwn, readOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { takeCurrent, versionOf } from '../precondition.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { savedView, savedViewChange, savedViewList, savedViewRequest } from './schema.ts';

const params = z.strictObject({ id: idSchema('savedView') });
const viewsMax = 50;
const responses = { 200: { description: 'The view as it is now', schema: savedView } };

const list = route({
  method: 'get',
  path: '/v1/saved-views',
  tag: 'Saved views',
  summary: 'Your views of the transactions and those of the business, by name',
  auth: 'transactions:read',
  request: {},
  responses: { 200: { description: 'All of them', schema: savedViewList } },
  problems: [],
  handler: async (_input, call) => {
    const { tenantId, userId } = call.principal;
    const data = await readOwn(call, async (t) => [
      ...(await listSavedViews(t, userId)).map((view) => shown(view, false)),
      ...(await listSavedViews(t, tenantId)).map((view) => shown(view, true)),
    ]);
    return { status: 200, body: { data } };
  },
});

const keep = route({
  method: 'post',
  path: '/v1/saved-views',
  tag: 'Saved views',
  summary: 'Keep a view under a name',
  description: `A view of the same name is replaced. One of the business takes the permission to
change its settings; its default opens for everybody who has none of their own.`,
  auth: 'transactions:read',
  request: { body: savedViewRequest },
  responses,
  problems: ['too-many-views'],
  handler: async ({ body }, call) => {
    const { principal } = call;
    const { now } = call.dependencies;
    const { name, isDefault, isShared } = body;
    if (isShared && !mayShare(principal)) return problem('forbidden');
    const view = JSON.stringify(body.view);
    const kept = { id: newId('savedView', now()), name, isDefault, view, max: viewsMax };
    const stored = await changeOwn(call, (t) =>
      keepSavedView(t, isShared ? principal.tenantId : principal.userId, kept),
    );
    if (stored === 'full') return problem('too-many-views');
    return { status: 200, body: shown(stored, isShared) };
  },
});

const change = route({
  method: 'post',
  path: '/v1/saved-views/{id}',
  tag: 'Saved views',
  summary: 'Rename a view, or let it open by itself',
  auth: 'transactions:read',
  request: { params, body: savedViewChange },
  ifMatch: true,
  responses,
  problems: ['not-found', 'view-name-taken'],
  handler: async ({ params: { id }, body }, call) => {
    const keeper = await keeperOf(call, id);
    if (keeper === undefined) return problem('not-found');
    if (keeper === 'forbidden') return problem('forbidden');
    const changed = await changeOwn(call, async (t) => {
      const current = await takeCurrent(t, call, {
        name: `saved-view/${id}`,
        read: async () => (await listSavedViews(t, keeper)).find((one) => one.id === id),
        version: versionOfView,
      });
      return 'problem' in current ? current : changeSavedView(t, keeper, { ...body, id });
    });
    if (changed === undefined) return problem('not-found');
    if (changed === 'taken') return problem('view-name-taken');
    if ('problem' in changed) return changed;
    return { status: 200, body: shown(changed, keeper === call.principal.tenantId) };
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
  handler: async ({ params: { id } }, call) => {
    const keeper = await keeperOf(call, id);
    if (keeper === undefined) return problem('not-found');
    if (keeper === 'forbidden') return problem('forbidden');
    const isRemoved = await changeOwn(call, (t) => removeSavedView(t, keeper, id));
    return isRemoved ? { status: 204 as const, body: undefined } : problem('not-found');
  },
});

function mayShare(principal: Principal): boolean {
  return mayDo(principal, 'settings:manage');
}

/** Whose view it is; undefined for one the asker does not see. */
async function keeperOf(
  call: Call,
  viewId: SavedViewId,
): Promise<Keeper | 'forbidden' | undefined> {
  const { principal } = call;
  const { tenantId, userId } = principal;
  const keepers = await readOwn(call, async (t) => {
    const isIn = async (keeper: Keeper) =>
      (await listSavedViews(t, keeper)).some(({ id }) => id === viewId);
    return { isOwn: await isIn(userId), isShared: await isIn(tenantId) };
  });
  if (keepers.isOwn) return userId;
  if (!keepers.isShared) return undefined;
  return mayShare(principal) ? tenantId : 'forbidden';
}

/** Of what can be changed of a view. */
function versionOfView({ name, isDefault }: Pick<SavedView, 'name' | 'isDefault'>): string {
  return versionOf({ name, isDefault });
}

function shown(
  { id, view, name, isDefault }: SavedView,
  isShared: boolean,
): z.infer<typeof savedView> {
  return {
    ...{ id: toPublicId('savedView', id), name, isDefault, isShared, view: JSON.parse(view) },
    version: versionOfView({ name, isDefault }),
  };
}

export const savedViewRoutes: readonly Route[] = [list, keep, change, remove];
