/** Where what was found stands: its screen, its list, its icon. */
import type { RouteLocationRaw } from 'vue-router';
import type { SearchGroup } from '../../../api/search/schema.ts';

export type HitKind = SearchGroup['kind'];
export type Hit = SearchGroup['hits'][number];

export const hitIcons: Record<HitKind, string> = {
  transaction: 'i-lucide-receipt-text',
  collection: 'i-lucide-banknote-arrow-down',
  receivedPayment: 'i-lucide-inbox',
  disbursement: 'i-lucide-banknote-arrow-up',
  customer: 'i-lucide-user',
  paymentLink: 'i-lucide-link',
  invoice: 'i-lucide-file-text',
  statement: 'i-lucide-file-text',
  payoutBatch: 'i-lucide-list',
  collectionBatch: 'i-lucide-list',
  shortcode: 'i-lucide-store',
};

/** Where statuses of a kind have their words. */
export const statusWords: Partial<Record<HitKind, string>> = {
  collection: 'collections.status',
  disbursement: 'payouts.status',
  paymentLink: 'links.status',
  invoice: 'invoices.status',
  statement: 'words.status',
  payoutBatch: 'batches.status',
  collectionBatch: 'pushLists.status',
  shortcode: 'shortcodes.state',
};

const waitingStates: readonly (string | null)[] = ['received', 'unallocated', 'part-allocated'];

/** The screen that shows what was found. */
export function placeOf(
  kind: HitKind,
  { id, title, status }: Pick<Hit, 'id' | 'title' | 'status'>,
): RouteLocationRaw {
  const places: Record<HitKind, RouteLocationRaw> = {
    transaction: { name: 'transactions', query: { q: title, row: id } },
    collection: { name: 'collection', params: { collectionId: id } },
    receivedPayment: {
      name: 'unallocated',
      query: {
        ...{ receipt: title, row: id },
        ...(waitingStates.includes(status) ? {} : { show: 'sorted' }),
      },
    },
    disbursement: { name: 'payout', params: { disbursementId: id } },
    customer: { name: 'customers', query: { q: title } },
    paymentLink: { name: 'payment-links' },
    invoice: { name: 'invoice', params: { invoiceId: id } },
    statement: { name: 'statement', params: { statementId: id } },
    payoutBatch: { name: 'payout-batch', params: { batchId: id } },
    collectionBatch: { name: 'collection-batch', params: { listId: id } },
    shortcode: { name: 'shortcode', params: { shortcodeId: id } },
  };
  return places[kind];
}

/** The list that shows all of a kind; undefined where no list looks for it in the same way. */
export function listOf(
  kind: HitKind,
  hits: readonly Hit[],
  term: string,
): RouteLocationRaw | undefined {
  const ways = new Set(hits.map(({ matchedBy }) => matchedBy));
  const amount = hits[0]?.amountCents;
  if (kind === 'transaction' && ways.has('amount') && typeof amount === 'number') {
    const bounds = { 'amountCents[gte]': String(amount), 'amountCents[lte]': String(amount) };
    return { name: 'transactions', query: bounds };
  }
  const isByWords = ways.has('words') || ways.has('name');
  if (kind === 'transaction' && isByWords) return { name: 'transactions', query: { q: term } };
  if (kind === 'statement' && isByWords) return { name: 'statements', query: { q: term } };
  if (kind === 'customer' && isByWords) return { name: 'customers', query: { q: term } };
  if (kind === 'collection' && ways.has('reference')) {
    return { name: 'collections', query: { q: term } };
  }
  return undefined;
}
