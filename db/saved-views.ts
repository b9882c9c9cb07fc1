/**
 * What is kept under a name on a screen: filters, columns and order. A view is one person's, whom
 * nobody else sees it of, or the business's own: then its keeper is the business itself.
 */
import { sql } from 'kysely';
import type { SavedViewId, TenantId, UserId } from '../domain/ids.ts';
import type { TenantHandle } from './database.ts';

/** A person, or the business. */
export type Keeper = UserId | TenantId;

export interface SavedView {
  id: SavedViewId;
  name: string;
  /** It opens when its screen is opened without filters; at most one is. */
  isDefault: boolean;
  /** JSON, as the screen wrote it. */
  view: string;
}

const screen = 'transactions';
export const viewContext = 'saved_views|view';

/** The views of one keeper, by name. */
export async function listSavedViews(t: TenantHandle, keeper: Keeper): Promise<SavedView[]> {
  const rows = await t.query
    .selectFrom('saved_views')
    .select(['id', 'name', 'is_default', 'view_sealed'])
    .where('user_id', '=', keeper)
    .where('screen', '=', screen)
    .orderBy('name')
    .execute();
  return rows.map(({ id, name, is_default: isDefault, view_sealed: sealed }) => ({
    ...{ id, name, isDefault },
    view: t.seal.openText(sealed, viewContext),
  }));
}

/** Keeps a view; one of the same name is replaced. `full` when there are `max` others already. */
export async function keepSavedView(
  t: TenantHandle,
  keeper: Keeper,
  kept: SavedView & { max: number },
): Promise<SavedView | 'full'> {
  await lockViews(t, keeper);
  const known = await listSavedViews(t, keeper);
  const former = known.find(({ name }) => name === kept.name);
  if (former === undefined && known.length >= kept.max) return 'full';
  if (kept.isDefault) await clearDefault(t, keeper);
  const values = {
    is_default: kept.isDefault,
    view_sealed: t.seal.sealText(kept.view, viewContext),
  };
  const id = former?.id ?? kept.id;
  await t.query
    .insertInto('saved_views')
    .values({ tenant_id: t.tenantId, id, user_id: keeper, screen, name: kept.name, ...values })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(values))
    .execute();
  const { name, isDefault, view } = kept;
  return { id, name, isDefault, view };
}

/** Renames a view or makes it (or no longer) the default; undefined when the keeper has no such. */
export async function changeSavedView(
  t: TenantHandle,
  keeper: Keeper,
  change: { id: SavedViewId; name?: string | undefined; isDefault?: boolean | undefined },
): Promise<SavedView | 'taken' | undefined> {
  await lockViews(t, keeper);
  const known = await listSavedViews(t, keeper);
  const found = known.find(({ id }) => id === change.id);
  if (found === undefined) return undefined;
  const { name = found.name, isDefault = found.isDefault } = change;
  if (known.some((other) => other.id !== found.id && other.name === name)) return 'taken';
  if (isDefault) await clearDefault(t, keeper);
  await t.query
    .updateTable('saved_views')
    .set({ name, is_default: isDefault })
    .where('id', '=', found.id)
    .execute();
  return { ...found, name, isDefault };
}

/** Whether the keeper had such a view. */
export async function removeSavedView(
  t: TenantHandle,
  keeper: Keeper,
  viewId: SavedViewId,
): Promise<boolean> {
  const removed = await t.query
    .deleteFrom('saved_views')
    .where('id', '=', viewId)
    .where('user_id', '=', keeper)
    .executeTakeFirst();
  return removed.numDeletedRows > 0n;
}

/** One change at a time per keeper, so that two tabs cannot make two defaults. */
async function lockViews(t: TenantHandle, keeper: Keeper): Promise<void> {
  const owner = `${t.tenantId}/${keeper}`;
  await sql`select pg_advisory_xact_lock(hashtext('saved-views'), hashtext(${owner}))`.execute(
    t.query,
  );
}

async function clearDefault(t: TenantHandle, keeper: Keeper): Promise<void> {
  await t.query
    .updateTable('saved_views')
    .set({ is_default: false })
    .where('user_id', '=', keeper)
    .where('screen', '=', screen)
    .where('is_default', '=', true)
    .execute();
}
