/** How a long list is read: each page in a transaction of its own, or all of them in one. */
import type { TenantId } from '../domain/ids.ts';
import type { Database, TenantHandle } from './database.ts';

/** Runs one look at a tenant's rows. */
export type PageReader = <Result>(look: (t: TenantHandle) => Promise<Result>) => Promise<Result>;

/** No transaction stays open between two pages, however slowly somebody takes them. */
export function pageByPage(db: Database, tenantId: TenantId): PageReader {
  return (look) => db.withTenant(tenantId, look, { readOnly: true });
}

/** Every page is of the moment the handle's transaction sees. */
export function within(t: TenantHandle): PageReader {
  return (look) => look(t);
}
