/** Puts the tenants of a test into a tier of their own, as provisioning does. */
import { openProvisioner, type Provisioner } from '../../db/provisioner.ts';
import type { TenantTier } from '../../db/platform-tables.ts';
import { carryPeople } from '../../db/tenant-people.ts';
import { placeFor, placementOf, sharedPlace } from '../../db/tenant-placement.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { TestDatabase } from './database.ts';

export const tiers: readonly TenantTier[] = ['starter', 'pro', 'enterprise'];

export function provisionerOf(base: TestDatabase): Provisioner {
  return openProvisioner({ ownerUrl: base.ownerUrl, db: base.db });
}

/** Makes the place of a tier ready and sends the tenant there; the tenant must have people only. */
export async function settleIn(
  base: TestDatabase,
  tenantId: TenantId,
  tier: TenantTier,
): Promise<void> {
  const place = placeFor(tenantId, tier);
  const provisioner = provisionerOf(base);
  await provisioner.prepare(place);
  if (place === sharedPlace) return;
  await carryPeople(provisioner, { tenantId, from: sharedPlace, to: place });
  const { schema } = placementOf(place);
  const members = await base.asOwner(
    'select user_id, role from shared.members where tenant_id = $1',
    [tenantId],
  );
  await provisioner.inPlace(place, async (client) => {
    for (const { user_id, role } of members) {
      const member = [tenantId, user_id, role];
      const text = `insert into "${schema}".members (tenant_id, user_id, role) values ($1, $2, $3)`;
      await client.query(text, member);
    }
  });
  await base.asOwner(
    `insert into platform.tenant_places (tenant_id, place, state) values ($1, 'shared', 'left')`,
    [tenantId],
  );
  await base.asOwner('update platform.tenants set place = $2, tier = $3 where id = $1', [
    tenantId,
    place,
    tier,
  ]);
}
