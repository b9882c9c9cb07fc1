/**
 * In a tenant's own database the tables refer to the tenant and to people as everywhere, so both are
 * carried there: names and addresses, never what somebody signs in with.
 */
import type { Client } from 'pg';
import type { TenantId } from '../domain/ids.ts';
import type { Provisioner } from './provisioner.ts';
import { sharedPlace, type Place } from './tenant-placement.ts';

/** Copies the tenant and its people into the database of a place; may be repeated. */
export async function carryPeople(
  provisioner: Provisioner,
  tenantId: TenantId,
  place: Place,
): Promise<void> {
  if (!place.startsWith('d_')) return;
  const { tenant, users } = await provisioner.inPlace(sharedPlace, (client) =>
    readPeople(client, tenantId),
  );
  await provisioner.inPlace(place, async (client) => {
    await client.query(
      `insert into platform.tenants (id, slug, name, tier, status, environment, data_key_sealed,
         settings, created_at)
       select id, slug, name, tier, status, environment, data_key_sealed, settings, created_at
       from jsonb_populate_record(null::platform.tenants, $1::jsonb)
       on conflict (id) do update set slug = excluded.slug, name = excluded.name,
         tier = excluded.tier, status = excluded.status, settings = excluded.settings`,
      [tenant],
    );
    await client.query(
      `insert into platform.users (id, email, name, password_hash, locale, created_at)
       select id, email, name, '-', locale, created_at
       from jsonb_populate_recordset(null::platform.users, $1::jsonb)
       on conflict (id) do update set email = excluded.email, name = excluded.name,
         locale = excluded.locale`,
      [users],
    );
  });
}

async function readPeople(client: Client, tenantId: TenantId) {
  const tenants = await client.query<{ row: string }>(
    'select to_jsonb(n)::text as row from platform.tenants n where id = $1',
    [tenantId],
  );
  const users = await client.query<{ rows: string }>(
    `select coalesce(jsonb_agg(to_jsonb(u)), '[]')::text as rows from platform.users u
     where id in (select user_id from platform.memberships where tenant_id = $1)`,
    [tenantId],
  );
  const tenant = tenants.rows[0]?.row;
  if (tenant === undefined) throw new Error(`there is no tenant ${tenantId}`);
  return { tenant, users: users.rows[0]?.rows ?? '[]' };
}
