/** The states of a tenant in its places while it moves: frozen, left, open. Owner connections only. */
import type { Client } from 'pg';
import type { TenantId } from '../domain/ids.ts';
import { inTransaction, inTurn } from './owner-transaction.ts';
import type { TenantTier } from './platform-tables.ts';
import type { Provisioner } from './provisioner.ts';
import { placementOf, sharedPlace, type Place } from './tenant-placement.ts';

/**
 * Refuses writers from now on, and resolves when no transaction that began before can still commit.
 * Rejects with 55P03 when one of them takes longer than ten seconds; nothing is frozen then.
 */
export function freeze(provisioner: Provisioner, tenantId: TenantId, place: Place): Promise<void> {
  return provisioner.inPlace(place, (client) =>
    inTransaction(client, async () => {
      await client.query(`select pg_advisory_xact_lock(hashtext('operators'))`);
      await client.query('select pg_advisory_xact_lock(platform.tenant_lock($1))', [tenantId]);
      await setState(client, { tenantId, place, state: 'frozen' });
    }),
  );
}

/** Lets writers in again. */
export function thaw(provisioner: Provisioner, tenantId: TenantId, place: Place): Promise<void> {
  return provisioner.inPlace(place, (client) => clearState(client, tenantId, place));
}

/** Hides what is being copied into a place from jobs that look across tenants. */
export function hide(provisioner: Provisioner, tenantId: TenantId, place: Place): Promise<void> {
  return provisioner.inPlace(place, (client) =>
    setState(client, { tenantId, place, state: 'copying' }),
  );
}

/**
 * From one commit to the next the tenant lives elsewhere. The source is frozen before, so whoever
 * still thinks the tenant is there is told to look again, readers included.
 */
export async function switchPlace(
  provisioner: Provisioner,
  move: { tenantId: TenantId; from: Place; to: Place; tier: TenantTier },
): Promise<void> {
  const { tenantId, from, to, tier } = move;
  if (from.startsWith('d_')) {
    await provisioner.inPlace(from, (client) =>
      setState(client, { tenantId, place: from, state: 'left' }),
    );
  }
  if (to.startsWith('d_')) await thaw(provisioner, tenantId, to);
  await provisioner.inPlace(sharedPlace, (client) =>
    inTransaction(client, async () => {
      await setState(client, { tenantId, place: from, state: 'left' });
      await clearState(client, tenantId, to);
      await client.query(
        'update platform.tenants set place = $2, tier = $3 where id = $1 and place in ($2, $4)',
        [tenantId, to, tier, from],
      );
    }),
  );
}

/** The place a tenant lives in now. */
export async function placeOf(provisioner: Provisioner, tenantId: TenantId): Promise<Place> {
  const found = await provisioner.inPlace(sharedPlace, (client) =>
    client.query<{ place: string }>('select place from platform.tenants where id = $1', [tenantId]),
  );
  const place = found.rows[0]?.place;
  if (place === undefined) throw new Error(`there is no tenant ${tenantId}`);
  return place;
}

/** Notes the keys of rows a tenant writes in a place, or stops and forgets them. */
export function capture(
  provisioner: Provisioner,
  { tenantId, place }: { tenantId: TenantId; place: Place },
  isOn: boolean,
): Promise<void> {
  const { schema } = placementOf(place);
  return provisioner.inPlace(place, (client) =>
    inTurn(client, async () => {
      await client.query('call platform.capture_changes($1, $2, $3)', [schema, tenantId, isOn]);
    }),
  );
}

async function setState(
  client: Client,
  { tenantId, place, state }: { tenantId: TenantId; place: Place; state: string },
): Promise<void> {
  await client.query(
    `insert into platform.tenant_places (tenant_id, place, state) values ($1, $2, $3)
     on conflict (tenant_id, place) do update set state = excluded.state, since = now()`,
    [tenantId, place, state],
  );
}

async function clearState(client: Client, tenantId: TenantId, place: Place): Promise<void> {
  await client.query('delete from platform.tenant_places where tenant_id = $1 and place = $2', [
    tenantId,
    place,
  ]);
}
