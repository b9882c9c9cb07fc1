import { amount, text, type Sheet } from '../../activities/sheets/cells.ts';
import type { Invoice } from '../../db/invoices.ts';
import {
  invoiceReference,
  openCentsOf,
  type InvoiceStatus,
} from '../../domain/invoices/invoice.ts';
import { nairobiText } from '../../domain/time.ts';

/** An invoice and how it stood when the file was made. */
export type InvoiceRow = Invoice & { status: InvoiceStatus };

export const invoiceSheet: Sheet<InvoiceRow> = {
  name: { en: 'invoices', sw: 'ankara' },
  columns: [
    ['Number', 'Namba', ({ number }) => text(invoiceReference(number))],
    ['Status', 'Hali', ({ status }) => text(status)],
    ['Customer', 'Mteja', ({ customerName }) => text(customerName)],
    ['Issued', 'Ilitolewa', ({ issuedOn }) => text(issuedOn)],
    ['Due', 'Mwisho wa kulipa', ({ dueOn }) => text(dueOn)],
    ['Total (KES)', 'Jumla (KES)', ({ totalCents }) => amount(totalCents)],
    ['Paid (KES)', 'Iliyolipwa (KES)', ({ paidCents }) => amount(paidCents)],
    ['Open (KES)', 'Inayodaiwa (KES)', (row) => amount(openCentsOf(row))],
    [
      'Voided (Nairobi)',
      'Ilifutwa (Nairobi)',
      ({ voidedAt }) => text(voidedAt && nairobiText(voidedAt)),
    ],
    ['Why it was voided', 'Sababu ya kufutwa', ({ voidReason }) => text(voidReason)],
  ],
};
