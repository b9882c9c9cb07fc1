/** Changes of customers: their words, being put away and brought back, and lists of new ones. */
import { sql } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import type { CustomerId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { msisdnIndex } from './collection-record.ts';
import { msisdnContext, nameContext, toCustomerRow, type NewCustomer } from './customers.ts';
import type { TenantHandle } from './database.ts';

export interface CustomerChange {
  reference?: string | undefined;
  name?: string | undefined;
  /** Null takes the number away. */
  msisdn?: { digits: string; masked: string } | null | undefined;
}

/** Changes what is given, at least one thing; `taken` when another customer has the reference, false when nobody is there. */
export async function changeCustomer(
  t: TenantHandle,
  customerId: CustomerId,
  change: CustomerChange,
): Promise<boolean | 'taken'> {
  const { reference, name, msisdn } = change;
  if (reference !== undefined) {
    const holder = await t.query
      .selectFrom('customers')
      .select('id')
      .where('reference_key', '=', referenceKey(reference))
      .where('id', '<>', customerId)
      .executeTakeFirst();
    if (holder !== undefined) return 'taken';
  }
  const changed = await t.query
    .updateTable('customers')
    .set({
      ...(reference === undefined ? {} : { reference, reference_key: referenceKey(reference) }),
      ...(name === undefined
        ? {}
        : { name_sealed: t.seal.seal(name, nameContext), name_tokens: t.seal.tokens(name) }),
      ...(msisdn === undefined
        ? {}
        : {
            msisdn_sealed: msisdn && t.seal.seal(msisdn.digits, msisdnContext),
            msisdn_index: msisdn && msisdnIndex(t, msisdn.digits),
            msisdn_masked: msisdn && msisdn.masked,
          }),
    })
    .where('id', '=', customerId)
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** Puts a customer away or brings them back; false when nobody is there. */
export async function archiveCustomer(
  t: TenantHandle,
  customerId: CustomerId,
  isArchived: boolean,
): Promise<boolean> {
  const changed = await t.query
    .updateTable('customers')
    .set({ archived_at: isArchived ? sql<Instant>`coalesce(archived_at, now())` : null })
    .where('id', '=', customerId)
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** Who has a reference of these, by the key that equal typings have in common. */
export async function holdersOf(
  t: TenantHandle,
  references: readonly string[],
): Promise<(reference: string) => CustomerId | undefined> {
  if (references.length === 0) return () => undefined;
  const rows = await t.query
    .selectFrom('customers')
    .select(['id', 'reference_key'])
    .where('reference_key', 'in', references.map(referenceKey))
    .execute();
  const byKey = new Map(rows.map((row) => [row.reference_key, row.id]));
  return (reference) => byKey.get(referenceKey(reference));
}

/** Records many customers in one statement; those whose reference somebody has are left out. */
export async function insertCustomers(
  t: TenantHandle,
  customers: readonly NewCustomer[],
): Promise<void> {
  if (customers.length === 0) return;
  await t.query
    .insertInto('customers')
    .values(customers.map((one) => toCustomerRow(t, one)))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
