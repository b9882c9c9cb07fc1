import type { Credit } from '../../db/customer-credit.ts';
import type { Customer } from '../../db/customers.ts';
import { toPublicId } from '../../domain/ids.ts';
import { nairobiText } from '../../domain/time.ts';
import { amount, text, type Sheet } from '../../activities/sheets/cells.ts';

/** Customers with what they have in credit; numbers stay masked. */
export const customerSheet: Sheet<Customer & Credit> = {
  name: { en: 'customers', sw: 'wateja' },
  columns: [
    ['Id', 'Kitambulisho', ({ id }) => text(toPublicId('customer', id))],
    ['Reference', 'Kumbukumbu', ({ reference }) => text(reference)],
    ['Name', 'Jina', ({ name }) => text(name)],
    ['Number (masked)', 'Namba (imefichwa)', ({ msisdnMasked }) => text(msisdnMasked)],
    ['In credit (KES)', 'Salio lake (KES)', ({ creditCents }) => amount(creditCents)],
    ['Of it free (KES)', 'Lililo huru (KES)', ({ availableCents }) => amount(availableCents)],
    ['Recorded (Nairobi)', 'Iliandikwa (Nairobi)', ({ createdAt }) => text(nairobiText(createdAt))],
    [
      'Put away (Nairobi)',
      'Aliwekwa kando (Nairobi)',
      ({ archivedAt }) => text(archivedAt && nairobiText(archivedAt)),
    ],
  ],
};
