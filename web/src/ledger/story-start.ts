import type { RouteLocationRaw } from 'vue-router';
import type { LedgerTransaction } from '../../../api/ledger/schema.ts';

/** Where a story may be taken up, as the API names it. */
export const startNames = [
  ...(['receipt', 'transactionId', 'sourceId', 'eventId', 'callbackId', 'workflowId'] as const),
];
type StartName = (typeof startNames)[number];

/** What a person typed or pasted: the id of anything, the id of a run, or a receipt. */
export function startOf(text: string): Partial<Record<StartName, string>> {
  if (text === '') return {};
  if (/^ltx_/.test(text)) return { transactionId: text };
  if (/^cbk_/.test(text)) return { callbackId: text };
  if (/^[a-z]{2,3}_[0-9a-f]{32}$/.test(text)) return { sourceId: text };
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return { eventId: text };
  return text.includes('/') ? { workflowId: text } : { receipt: text };
}

/** The screen of what a transaction follows from; null when it has none of its own. */
export function sourceRoute({ source }: LedgerTransaction): RouteLocationRaw | null {
  const { objectId } = source;
  if (objectId === null) return null;
  if (objectId.startsWith('col_'))
    return { name: 'collection', params: { collectionId: objectId } };
  if (objectId.startsWith('dis_')) return { name: 'payout', params: { disbursementId: objectId } };
  return objectId.startsWith('psr_') ? { name: 'ledger-requests' } : { name: 'unallocated' };
}
