import type { Overview } from '../../../api/analytics/schema.ts';
import { formatMoney } from '../../../domain/money.ts';

type Kind = Overview['moneyAttention'][number]['kind'];

const places: Record<Kind, { name: string; query: Record<string, string> }> = {
  'payout-to-approve': { name: 'payouts', query: { status: 'awaiting-approval' } },
  'payout-to-check': { name: 'payouts', query: { needsAttention: 'true' } },
  'return-to-decide': { name: 'payouts', query: { returnWaits: 'true' } },
  'posting-to-decide': { name: 'ledger-requests', query: {} },
  'collection-unknown': { name: 'collections', query: { status: 'unknown' } },
  'money-unallocated': { name: 'unallocated', query: {} },
};

/** Money that waits for a person as the list draws it: how much, and where it is worked on. */
export function moneyMatters(counted: Overview['moneyAttention']) {
  return counted.map(({ kind, count, amountCents }) => ({
    ...{ kind, count, to: places[kind] },
    amount: amountCents === null ? null : formatMoney(amountCents),
  }));
}
