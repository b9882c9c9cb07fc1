/**
 * In a tenant's own database the tables refer to the tenant and to people as everywhere, so both are
 * carried there: names and addresses, never what somebody signs in with.
 */
import type { Client } from 'pg';
import type { TenantId } from '../domain/ids.ts';
import type { Provisioner } from './provisioner.ts';
import { tryAgain } from './transaction.ts';
import { placementOf, sharedPlace, type Place } from './tenant-placement.ts';

/** Copies the tenant and everybody its rows speak of into a database; may be repeated. */
export async function carryPeople(
  provisioner: Provisioner,
  { tenantId, from, to }: { tenantId: TenantId; from: Place; to: Place },
): Promise<void> {
  if (!to.startsWith('d_')) return;
  // It reads many tables while others may be changed for a move: whoever loses looks again.
  const mentioned = await tryAgain(() =>
    provisioner.inPlace(from, (client) =>
      usersMentioned(client, placementOf(from).schema, tenantId),
    ),
  );
  const { tenant, users } = await provisioner.inPlace(sharedPlace, (client) =>
    readPeople(client, tenantId, mentioned),
  );
  await provisioner.inPlace(to, async (client) => {
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

/** Users that any reference of the tenant's tables names. */
async function usersMentioned(
  client: Client,
  schema: string,
  tenantId: TenantId,
): Promise<string[]> {
  const columns = await client.query<{ relation: string; name: string }>(
    `select k.conrelid::regclass::text as relation, quote_ident(a.attname) as name
     from pg_constraint k
     join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
     where k.contype = 'f' and k.confrelid = 'platform.users'::regclass
       and k.connamespace = $1::regnamespace`,
    [schema],
  );
  const parts = columns.rows.map(
    ({ relation, name }) => `select ${name} as id from ${relation} where tenant_id = $1`,
  );
  if (parts.length === 0) return [];
  const found = await client.query<{ id: string | null }>(parts.join(' union '), [tenantId]);
  return found.rows.flatMap(({ id }) => (id === null ? [] : [id]));
}

async function readPeople(client: Client, tenantId: TenantId, mentioned: readonly string[]) {
  const tenants = await client.query<{ row: string }>(
    'select to_jsonb(n)::text as row from platform.tenants n where id = $1',
    [tenantId],
  );
  const users = await client.query<{ rows: string }>(
    `select coalesce(jsonb_agg(to_jsonb(u)), '[]')::text as rows from platform.users u
     where id = any($2::uuid[])
       or id in (select user_id from platform.memberships where tenant_id = $1)`,
    [tenantId, mentioned],
  );
  const tenant = tenants.rows[0]?.row;
  if (tenant === undefined) throw new Error(`there is no tenant ${tenantId}`);
  return { tenant, users: users.rows[0]?.rows ?? '[]' };
}
