/** Lists of customers with what each has in credit: as pages, and all of them for a file. */
import type { TenantId } from '../domain/ids.ts';
import { creditsOf, type Credit } from './customer-credit.ts';
import {
  listCustomers,
  type Customer,
  type CustomerFilter,
  type CustomerPlace,
} from './customers.ts';
import type { Database, TenantHandle } from './database.ts';

const batchRows = 500;

/** All customers of a filter, oldest first, in batches, each read in a transaction of its own. */
export async function* streamCustomers(
  db: Database,
  tenantId: TenantId,
  filter: CustomerFilter,
): AsyncGenerator<(Customer & Credit)[]> {
  let after: CustomerPlace | undefined;
  for (;;) {
    const place = after === undefined ? {} : { after };
    const request = { filter, isDescending: false, limit: batchRows, ...place };
    const rows = await db.withTenant(tenantId, (t) => listWithCredit(t, request), {
      readOnly: true,
    });
    if (rows.length > 0) yield rows;
    after = rows.at(-1);
    if (rows.length < batchRows || after === undefined) return;
  }
}

/** A page of customers, each with what they have in credit. */
export async function listWithCredit(
  t: TenantHandle,
  request: Parameters<typeof listCustomers>[1],
): Promise<(Customer & Credit)[]> {
  const found = await listCustomers(t, request);
  const creditOf = await creditsOf(
    t,
    found.map(({ id }) => id),
  );
  return found.map((one) => ({ ...one, ...creditOf(one.id) }));
}
