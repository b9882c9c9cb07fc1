/** What may manage the places of tenants: the owner's door, where a process was given it. */
import type { Provisioner } from '../db/provisioner.ts';
import { failureTypes } from '../temporal/policies.ts';
import { permanentFault } from './faults.ts';

/** Throws a permanent fault in a process that was not. */
export function provisionerOf({
  provisioner,
}: {
  provisioner: Provisioner | undefined;
}): Provisioner {
  if (provisioner !== undefined) return provisioner;
  const problem = 'this worker has no DATABASE_OWNER_URL, so it cannot manage places';
  throw permanentFault(failureTypes.bug, problem);
}
