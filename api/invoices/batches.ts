import { listInvoices, type InvoiceFilter } from '../../db/invoices.ts';
import { invoiceStatusOf } from '../../domain/invoices/invoice.ts';
import type { BusinessDate } from '../../domain/time.ts';
import { readOwn } from '../own-data.ts';
import type { Call } from '../route.ts';
import type { InvoiceRow } from './sheet.ts';

const batchRows = 500;

/** All invoices of a filter, newest first, in batches, each read in a transaction of its own. */
export async function* invoiceBatches(
  call: Call,
  of: { filter: InvoiceFilter; today: BusinessDate },
): AsyncGenerator<InvoiceRow[]> {
  let after: number | undefined;
  for (;;) {
    const request = { ...of, limit: batchRows, ...(after === undefined ? {} : { after }) };
    const rows = await readOwn(call, (t) => listInvoices(t, request));
    if (rows.length > 0) {
      yield rows.map((row) => ({ ...row, status: invoiceStatusOf(row, of.today) }));
    }
    after = rows.at(-1)?.number;
    if (rows.length < batchRows || after === undefined) return;
  }
}
