import type { Credit } from '../../db/customer-credit.ts';
import type { Customer } from '../../db/customers.ts';
import { toPublicId } from '../../domain/ids.ts';
import { nairobiText } from '../../domain/time.ts';
import { amount, text, type Sheet } from '../../activities/sheets/cells.ts';

/** Customers with what they have in credit; numbers stay masked. */
export const customerSheet: Sheet<Customer & Credit> = {
  name: 'customers',
  columns: [
    ['Id', ({ id }) => text(toPublicId('customer', id))],
    ['Reference', ({ reference }) => text(reference)],
    ['Name', ({ name }) => text(name)],
    ['Number (masked)', ({ msisdnMasked }) => text(msisdnMasked)],
    ['In credit (KES)', ({ creditCents }) => amount(creditCents)],
    ['Of it free (KES)', ({ availableCents }) => amount(availableCents)],
    ['Recorded (Nairobi)', ({ createdAt }) => text(nairobiText(createdAt))],
    ['Put away (Nairobi)', ({ archivedAt }) => text(archivedAt && nairobiText(archivedAt))],
  ],
};
