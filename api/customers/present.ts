import type { z } from 'zod';
import { creditsOf, type Credit } from '../../db/customer-credit.ts';
import { findCustomer, type Customer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { toPublicId, type CustomerId } from '../../domain/ids.ts';
import { versionOf } from '../precondition.ts';
import type { customer } from './schema.ts';

/** A customer as clients see it, with what they have in credit. */
export function showCustomer(stored: Customer & Credit): z.input<typeof customer> {
  const { msisdnMasked, ...shared } = stored;
  const version = versionOfCustomer(stored);
  return { ...shared, id: toPublicId('customer', stored.id), msisdn: msisdnMasked, version };
}

/** Of what people write of a customer; what they pay makes no other version. */
export function versionOfCustomer(stored: Customer): string {
  const { reference, name, msisdnMasked, archivedAt } = stored;
  return versionOf({ reference, name, msisdnMasked, isArchived: archivedAt !== null });
}

export async function readCustomer(
  t: TenantHandle,
  customerId: CustomerId,
): Promise<z.input<typeof customer> | undefined> {
  const found = await findCustomer(t, customerId);
  const creditOf = await creditsOf(t, [customerId]);
  return found && showCustomer({ ...found, ...creditOf(customerId) });
}
