/** The people and businesses that pay a tenant. Names and numbers are sealed, found by index. */
import { sql, type Insertable, type Selectable } from 'kysely';
import { referenceKey } from '../domain/collections/reference.ts';
import { parseMsisdn } from '../domain/daraja/msisdn.ts';
import type { CustomerId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import { msisdnIndex } from './collection-record.ts';
import type { CustomersTable } from './collection-tables.ts';
import type { TenantHandle } from './database.ts';

export interface Customer {
  id: CustomerId;
  reference: string;
  name: string;
  msisdnMasked: string | null;
  createdAt: Instant;
  /** Since when they are put away; null while they are not. */
  archivedAt: Instant | null;
}

export interface NewCustomer {
  id: CustomerId;
  reference: string;
  name: string;
  msisdn?: { digits: string; masked: string };
  createdBy: string;
}

export const nameContext = 'customer.name';
export const msisdnContext = 'customer.msisdn';

/** Records a customer; nothing happens when this one is there, or another one has the reference. */
export async function insertCustomer(t: TenantHandle, customer: NewCustomer): Promise<void> {
  await t.query
    .insertInto('customers')
    .values(toCustomerRow(t, customer))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A new customer as the table has it: name and number sealed and found by index. */
export function toCustomerRow(t: TenantHandle, customer: NewCustomer): Insertable<CustomersTable> {
  const { msisdn } = customer;
  return {
    tenant_id: t.tenantId,
    id: customer.id,
    reference: customer.reference,
    reference_key: referenceKey(customer.reference),
    name_sealed: t.seal.seal(customer.name, nameContext),
    name_tokens: t.seal.tokens(customer.name),
    msisdn_sealed: msisdn === undefined ? null : t.seal.seal(msisdn.digits, msisdnContext),
    msisdn_index: msisdn === undefined ? null : msisdnIndex(t, msisdn.digits),
    msisdn_masked: msisdn?.masked ?? null,
    created_by: customer.createdBy,
  };
}

export async function findCustomer(
  t: TenantHandle,
  customerId: CustomerId,
): Promise<Customer | undefined> {
  const row = await t.query
    .selectFrom('customers')
    .selectAll()
    .where('id', '=', customerId)
    .executeTakeFirst();
  return row && toCustomer(t, row);
}

/** Those of these customers that are there, put away or not. */
export async function findCustomers(
  t: TenantHandle,
  customerIds: readonly CustomerId[],
): Promise<Customer[]> {
  const rows = await t.query
    .selectFrom('customers')
    .selectAll()
    .where('id', 'in', customerIds)
    .execute();
  return rows.map((row) => toCustomer(t, row));
}

/** Who pays under a reference; nobody who is put away. */
export async function findCustomerByReference(
  t: TenantHandle,
  reference: string,
): Promise<Customer | undefined> {
  const row = await t.query
    .selectFrom('customers')
    .selectAll()
    .where('reference_key', '=', referenceKey(reference))
    .where('archived_at', 'is', null)
    .executeTakeFirst();
  return row && toCustomer(t, row);
}

export interface CustomerFilter {
  /** Whole words of the name, all of them; or the reference, or the number. */
  q?: string;
  reference?: string;
  msisdn?: string;
  /** Those that are put away, instead of the others. */
  isArchived?: boolean;
}

export interface CustomerPlace {
  createdAt: Instant;
  id: CustomerId;
}

/** Newest first unless asked otherwise. */
export async function listCustomers(
  t: TenantHandle,
  request: {
    filter: CustomerFilter;
    limit: number;
    after?: CustomerPlace;
    isDescending?: boolean;
  },
): Promise<Customer[]> {
  const { filter, limit, after, isDescending = true } = request;
  const order = isDescending ? 'desc' : 'asc';
  let query = t.query
    .selectFrom('customers')
    .selectAll()
    .where('archived_at', filter.isArchived === true ? 'is not' : 'is', null);
  if (filter.q !== undefined) {
    const number = parseMsisdn(filter.q);
    const index = number.ok ? msisdnIndex(t, number.msisdn) : null;
    query = query.where(
      sql<boolean>`(name_tokens @> ${t.seal.tokens(filter.q)}::bigint[]
        or reference_key = ${referenceKey(filter.q)} or msisdn_index = ${index}::bytea)`,
    );
  }
  if (filter.reference !== undefined) {
    query = query.where('reference_key', '=', referenceKey(filter.reference));
  }
  if (filter.msisdn !== undefined) {
    query = query.where('msisdn_index', '=', msisdnIndex(t, filter.msisdn));
  }
  if (after !== undefined) {
    const place = sql`(${after.createdAt}::timestamptz, ${after.id}::uuid)`;
    const beyond = isDescending ? sql`<` : sql`>`;
    query = query.where(sql<boolean>`(created_at, id) ${beyond} ${place}`);
  }
  const rows = await query.orderBy('created_at', order).orderBy('id', order).limit(limit).execute();
  return rows.map((row) => toCustomer(t, row));
}

function toCustomer(t: Pick<TenantHandle, 'seal'>, row: Selectable<CustomersTable>): Customer {
  return {
    id: row.id,
    reference: row.reference,
    name: t.seal.open(row.name_sealed, nameContext),
    msisdnMasked: row.msisdn_masked,
    createdAt: row.created_at,
    archivedAt: row.archived_at,
  };
}
