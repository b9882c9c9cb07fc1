/** Promises the data must keep; every row is one that is broken. */
import { sql } from 'kysely';
import type { OperatorHandle } from './database.ts';

export interface BrokenInvariant {
  invariant: string;
  tenantId: string;
  detail: string;
}

/** Reads the invariants of a place, at most `limit` rows; takes seconds on millions of rows. */
export async function listBrokenInvariants(
  o: OperatorHandle,
  limit: number,
): Promise<BrokenInvariant[]> {
  const found = await sql<BrokenInvariant>`
    select invariant, tenant_id as "tenantId", detail from ${o.opsView('invariants')}
    limit ${limit}`.execute(o.query);
  return found.rows;
}
