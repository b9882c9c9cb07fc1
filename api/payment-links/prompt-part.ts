import { centsUnderWay } from '../../db/link-pushes.ts';
import type { TenantHandle } from '../../db/database.ts';
import type { PaymentLinkId } from '../../domain/ids.ts';
import { partToAsk } from '../../domain/invoices/invoice.ts';
import { formatMoney, type Cents } from '../../domain/money.ts';
import { problem, wrongField, type Problem } from '../problems.ts';

/** What a prompt through a link asks for; a problem when other phones ask for it, or it is too much. */
export async function promptPart(
  t: TenantHandle,
  of: { linkId: PaymentLinkId; openCents: Cents; wishedCents: Cents | undefined },
): Promise<Cents | Problem> {
  const part = partToAsk({ ...of, underWayCents: await centsUnderWay(t, of.linkId) });
  if (typeof part === 'number') return part;
  return part.refusal === 'under-way'
    ? problem('prompt-under-way', { headers: { 'Retry-After': '60' } })
    : wrongField('/amountCents', `is more than ${formatMoney(part.mostCents)}, which is open`);
}
