/** What the service `tenants` does for its runs. */
import { createBreachActivities } from '../activities/breaches.ts';
import { createSubjectActivities } from '../activities/data-subjects.ts';
import { createDownloadActivities } from '../activities/downloads.ts';
import { createExportActivities } from '../activities/tenant-export.ts';
import { createImportActivities } from '../activities/tenant-import.ts';
import { createClosingActivities } from '../activities/tenant-closing.ts';
import { createMoveActivities } from '../activities/tenant-move.ts';
import { openManifestSigner } from '../db/manifest-signer.ts';
import { openProvisioner } from '../db/provisioner.ts';
import type { World } from './world.ts';

export function tenantActivities(world: World): object {
  const { config, db } = world;
  const ownerUrl = config.database.ownerUrl?.reveal();
  const provisioner = ownerUrl === undefined ? undefined : openProvisioner({ ownerUrl, db });
  const signer = openManifestSigner(config.keys.kek.reveal());
  return {
    ...createMoveActivities({ ...world, provisioner }),
    ...createExportActivities({ ...world, signer }),
    ...createSubjectActivities(world),
    ...createDownloadActivities(world),
    ...createBreachActivities(world),
    ...createClosingActivities({ ...world, provisioner }),
    ...createImportActivities({ ...world, signer, provisioner }),
  };
}
