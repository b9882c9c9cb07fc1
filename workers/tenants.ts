/** What the service `tenants` does for its runs. */
import { createMoveActivities } from '../activities/tenant-move.ts';
import { openProvisioner } from '../db/provisioner.ts';
import type { World } from './world.ts';

export function tenantActivities(world: World): object {
  const { config, db } = world;
  const ownerUrl = config.database.ownerUrl?.reveal();
  const provisioner = ownerUrl === undefined ? undefined : openProvisioner({ ownerUrl, db });
  return createMoveActivities({ ...world, provisioner });
}
