import type { z } from 'zod';
import { creditsOf, type Credit } from '../../db/customer-credit.ts';
import { findCustomer, type Customer } from '../../db/customers.ts';
import type { TenantHandle } from '../../db/database.ts';
import { toPublicId, type CustomerId } from '../../domain/ids.ts';
import type { customer } from './schema.ts';

/** A customer as clients see it, with what they have in credit. */
export function showCustomer(stored: Customer & Credit): z.input<typeof customer> {
  const { msisdnMasked, ...shared } = stored;
  return { ...shared, id: toPublicId('customer', stored.id), msisdn: msisdnMasked };
}

export async function readCustomer(
  t: TenantHandle,
  customerId: CustomerId,
): Promise<z.input<typeof customer> | undefined> {
  const found = await findCustomer(t, customerId);
  const creditOf = await creditsOf(t, [customerId]);
  return found && showCustomer({ ...found, ...creditOf(customerId) });
}
