/**
 * The end of a tenant, over the connections of the owner: its doors close from one commit to the
 * next, its key is destroyed, its rows go, and a certificate says what there was. Every step may be
 * repeated.
 */
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import pg from 'pg';
import type { TenantId } from '../domain/ids.ts';
import { asReplica, inTransaction } from './owner-transaction.ts';
import type { ErasureCertificate } from './platform-tables.ts';
import type { Provisioner } from './provisioner.ts';
import { readCopyPlan, removeRows } from './tenant-copy.ts';
import { placementOf, sharedPlace, type Place } from './tenant-placement.ts';

/** What stands in place of a key that was destroyed. */
const noKey = 'dft1.destroyed';

/**
 * Counts what is there, notes it, and shuts everybody out: whoever is inside ends first, and whoever
 * comes is told that there is no such tenant.
 */
export async function shutOut(
  provisioner: Provisioner,
  of: { tenantId: TenantId; closingId: string; place: Place; archiveSha256: string | null },
): Promise<void> {
  const { tenantId, closingId, place, archiveSha256 } = of;
  await provisioner.inPlace(place, (client) =>
    inTransaction(client, async () => {
      await client.query(`select pg_advisory_xact_lock(hashtext('operators'))`);
      await client.query('select pg_advisory_xact_lock(platform.tenant_lock($1))', [tenantId]);
      await leave(client, tenantId, place);
    }),
  );
  const rows = await provisioner.inPlace(place, (client) => countRows(client, place, tenantId));
  await provisioner.inPlace(sharedPlace, (client) =>
    inTransaction(client, async () => {
      await leave(client, tenantId, place);
      const key = await client.query<{ sealed: string }>(
        `update platform.tenants set status = 'closed', closed_at = coalesce(closed_at, now())
         where id = $1 returning data_key_sealed as sealed`,
        [tenantId],
      );
      const sealed = key.rows[0]?.sealed ?? noKey;
      const keySha256 = createHash('sha256').update(sealed).digest('hex');
      const certificate: ErasureCertificate = { place, rows, keySha256, archiveSha256 };
      await client.query(
        `update platform.tenant_closings set status = 'erasing', certificate = $3
         where tenant_id = $1 and id = $2 and certificate is null`,
        [tenantId, closingId, JSON.stringify(certificate)],
      );
    }),
  );
}

async function leave(client: Client, tenantId: TenantId, place: Place): Promise<void> {
  await client.query(
    `insert into platform.tenant_places (tenant_id, place, state) values ($1, $2, 'left')
     on conflict (tenant_id, place) do update set state = 'left', since = now()`,
    [tenantId, place],
  );
}

async function countRows(
  client: Client,
  place: Place,
  tenantId: TenantId,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { relation } of await readCopyPlan(client)) {
    const table = `${pg.escapeIdentifier(placementOf(place).schema)}.${pg.escapeIdentifier(relation)}`;
    const found = await client.query<{ n: number }>(
      `select count(*)::int as n from ${table} where tenant_id = $1`,
      [tenantId],
    );
    const n = found.rows[0]?.n ?? 0;
    if (n > 0) counts[relation] = n;
  }
  return counts;
}

/** From this commit on nothing that was sealed for the tenant opens, wherever a copy of it lies. */
export async function destroyKey(provisioner: Provisioner, tenantId: TenantId): Promise<void> {
  await provisioner.inPlace(sharedPlace, (client) =>
    client.query('update platform.tenants set data_key_sealed = $2 where id = $1', [
      tenantId,
      noKey,
    ]),
  );
}

/** Removes the tenant's own place, or its rows from the shared tables. */
export async function removeTenant(
  provisioner: Provisioner,
  { tenantId, place }: { tenantId: TenantId; place: Place },
): Promise<void> {
  if (place !== sharedPlace) await provisioner.remove(place);
  await provisioner.inPlace(sharedPlace, async (client) => {
    await removeRows({ client, place: sharedPlace }, await readCopyPlan(client), tenantId);
  });
}

/** Stays: that the tenant lives nowhere, the record of its closing, and of breaches of its data. */
const keptOnPlatform = ['tenant_places', 'tenant_closings', 'breach_businesses'];

/** Removes what the house knows about the tenant besides, and makes the certificate final. */
export async function certify(
  provisioner: Provisioner,
  { tenantId, closingId }: { tenantId: TenantId; closingId: string },
): Promise<number> {
  return provisioner.inPlace(sharedPlace, async (client) => {
    await asReplica(client, async () => {
      const tables = await client.query<{ name: string }>(
        `select c.relname as name from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relnamespace = 'platform'::regnamespace and c.relkind in ('r', 'p')
           and c.relname <> all ($1)`,
        [keptOnPlatform],
      );
      await client.query(
        `delete from platform.refresh_tokens where session_id in (
           select id from platform.sessions where tenant_id = $1)`,
        [tenantId],
      );
      for (const { name } of tables.rows) {
        const table = pg.escapeIdentifier(name);
        await client.query(`delete from platform.${table} where tenant_id = $1`, [tenantId]);
      }
      await client.query(
        `update platform.tenants set name = 'closed', slug = 'closed-' || id, settings = '{}',
           place = 'shared' where id = $1`,
        [tenantId],
      );
      await client.query(
        `update platform.tenant_closings set status = 'erased', ended_at = now()
         where tenant_id = $1 and id = $2 and ended_at is null`,
        [tenantId, closingId],
      );
    });
    const found = await client.query<{ n: number }>(
      `select coalesce(sum(value::int), 0)::int as n from platform.tenant_closings,
         jsonb_each_text(certificate -> 'rows') where tenant_id = $1 and id = $2`,
      [tenantId, closingId],
    );
    return found.rows[0]?.n ?? 0;
  });
}
