import type { InvoiceStatus } from '../../../domain/invoices/invoice.ts';
import { tones } from '../payments/faces.ts';

const looks = {
  open: { icon: 'i-lucide-circle', tone: tones.waits },
  overdue: { icon: 'i-lucide-triangle-alert', tone: tones.bad },
  paid: { icon: 'i-lucide-check', tone: tones.good },
  void: { icon: 'i-lucide-ban', tone: tones.calm },
} as const satisfies Record<InvoiceStatus, object>;

/** Icon and colour of a status; its word is in the catalogue. */
export function invoiceLook(status: InvoiceStatus) {
  return looks[status];
}
