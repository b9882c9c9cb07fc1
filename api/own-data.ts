/** The data of the business a call is for. Which one that is, the credential says and nothing else. */
import type { TenantHandle } from '../db/database.ts';
import { findTenant, type TenantRecord } from '../db/tenant-record.ts';
import type { Call } from './route.ts';

type Caller = Pick<Call, 'dependencies' | 'principal'>;

/** Reads it, in a transaction that can write nothing. */
export function readOwn<Result>(
  { dependencies: { db }, principal }: Caller,
  work: (t: TenantHandle) => Promise<Result>,
): Promise<Result> {
  return db.withTenant(principal.tenantId, work, { readOnly: true });
}

/** Changes it, in one transaction: all of it or nothing. */
export function changeOwn<Result>(
  { dependencies: { db }, principal }: Caller,
  work: (t: TenantHandle) => Promise<Result>,
): Promise<Result> {
  return db.withTenant(principal.tenantId, work);
}

/** The business itself, as the house keeps it. */
export async function ownTenant({
  dependencies: { db },
  principal,
}: Caller): Promise<TenantRecord> {
  const tenant = await findTenant(db, principal.tenantId);
  if (tenant === undefined) throw new Error('the tenant of a principal exists');
  return tenant;
}
