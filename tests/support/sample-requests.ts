/**
 * What the checks that walk over every route need to ask one: the kind of id in its path and, where
 * the route reads a body before it looks for the object, a body that is accepted.
 */
import type { IdKind } from '../../domain/ids.ts';

/** The kind of `{id}` by the beginning of the path; the longest one that fits counts. */
export const idKinds: Readonly<Record<string, IdKind>> = {
  '/v1/statements/': 'statement',
  '/v1/operations/': 'operation',
  '/v1/transactions/': 'transaction',
  '/v1/attachments/': 'attachment',
  '/v1/accounts/': 'account',
  '/v1/ledger/accounts/': 'ledgerAccount',
  '/v1/ledger/transactions/': 'ledgerTransaction',
  '/v1/ledger/requests/': 'postingRequest',
  '/v1/ledger/monitors/': 'balanceMonitor',
  '/v1/members/': 'user',
  '/v1/invitations/': 'invitation',
  '/v1/tenants/': 'tenant',
  '/v1/platform/tenants/': 'tenant',
  '/v1/platform/flag-requests/': 'flagRequest',
  '/v1/sessions/': 'session',
  '/v1/shortcodes/': 'shortcode',
  '/v1/callbacks/': 'callback',
  '/v1/disbursements/': 'disbursement',
  '/v1/payout-batches/': 'payoutBatch',
  '/v1/collections/': 'collection',
  '/v1/refunds/': 'reversal',
  '/v1/customers/': 'customer',
  '/v1/payment-links/': 'paymentLink',
  '/v1/invoices/': 'invoice',
  '/v1/collection-batches/': 'collectionBatch',
  '/v1/received-payments/': 'receivedPayment',
  '/v1/limits/changes/': 'limitChange',
  '/v1/provider-queries/': 'providerQuery',
  '/v1/me/passkeys/': 'passkey',
  '/v1/api-keys/': 'apiKey',
  '/v1/exports/': 'tenantExport',
  '/v1/downloads/': 'download',
  '/v1/saved-views/': 'savedView',
  '/v1/row-changes/': 'rowChange',
  '/v1/data-subjects/requests/': 'subjectRequest',
  '/v1/breaches/': 'breach',
  '/v1/platform/breaches/': 'breach',
};

const mapping = {
  headerRow: 0,
  delimiter: ',',
  dateOrder: 'day-first',
  columns: { completionTime: 'a', details: 'b', amount: 'c' },
  signRule: 'negative-is-out',
};

/** A good body by path. */
export const bodies: Readonly<Record<string, unknown>> = {
  '/v1/saved-views/{id}': { isDefault: true },
  '/v1/row-changes/{id}/undo': {},
  '/v1/transactions/{id}/category': { category: 'rent', was: null },
  '/v1/transactions/{id}/join': {},
  '/v1/attachments/{id}/restore': {},
  '/v1/transactions/{id}/split': {
    was: null,
    parts: [
      { category: 'rent', amountCents: 100 },
      { category: 'fuel', amountCents: 100 },
    ],
  },
  '/v1/transactions/{id}/marks': { add: ['school-trip'], note: 'paid by the parents' },
  '/v1/invoices/{id}/void': { reason: 'sent to the wrong customer' },
  '/v1/invoices/{id}/requests': {},
  '/v1/data-subjects/requests/{id}/approve': {},
  '/v1/data-subjects/requests/{id}/reject': {},
  '/v1/data-subjects/requests/{id}/withdraw': {},
  '/v1/breaches/{id}/authority': {},
  '/v1/breaches/{id}/measures': { text: 'Our people were told.' },
  '/v1/platform/breaches/{id}/businesses': { businesses: [{ id: `tnt_${'0'.repeat(32)}` }] },
  '/v1/platform/breaches/{id}/measures': { text: 'The door was closed.' },
  '/v1/platform/breaches/{id}/authority': {},
  '/v1/platform/breaches/{id}/close': { reason: 'over and done with' },
  '/v1/platform/flag-requests/{id}/decision': { decision: 'withdraw' },
  '/v1/platform/tenants/{id}/suspend': { reason: 'a test' },
  '/v1/platform/tenants/{id}/closing': { decision: 'decline' },
  '/v1/members/{id}/role': { role: 'analyst' },
  '/v1/statements/{id}/password': { password: 'x' },
  '/v1/statements/{id}/review': { decision: 'post' },
  '/v1/statements/{id}/undo': {},
  '/v1/statements/{id}/rejects': { decision: 'reopen', seq: 0 },
  '/v1/api-keys/{id}/rotate': {},
  '/v1/shortcodes/{id}/settings': { name: 'Another name' },
  '/v1/shortcodes/{id}/credentials': { consumerKey: 'k', consumerSecret: 's' },
  '/v1/shortcodes/{id}/checks': { kind: 'test' },
  '/v1/callbacks/{id}/decision': { resolution: 'discard', reason: 'a test' },
  '/v1/ledger/transactions/{id}/reverse': { reason: 'entered twice' },
  '/v1/ledger/requests/{id}/approve': {},
  '/v1/ledger/monitors/{id}': { name: 'Another name' },
  '/v1/ledger/accounts/{id}/close': { reason: 'not used' },
  '/v1/ledger/accounts/{id}/reopen': { reason: 'used again' },
  '/v1/ledger/requests/{id}/reject': { reason: 'not ours' },
  '/v1/ledger/requests/{id}/withdraw': {},
  '/v1/statements/{id}/mapping': { mapping },
  '/v1/statements/{id}/mapping/preview': { mapping },
  '/v1/disbursements/{id}/approve': {},
  '/v1/disbursements/{id}/closing': { outcome: 'not-paid', reason: 'a test' },
  '/v1/disbursements/{id}/closing/decision': { decision: 'reject' },
  '/v1/disbursements/{id}/closing/withdraw': {},
  '/v1/disbursements/{id}/return': { receipt: 'UKE7Q2X9LM', reason: 'a test' },
  '/v1/disbursements/{id}/return/decision': { decision: 'reject' },
  '/v1/disbursements/{id}/return/withdraw': {},
  '/v1/disbursements/{id}/reject': { reason: 'not ours' },
  '/v1/collections/{id}/close': { reason: 'the payer says no' },
  '/v1/collections/{id}/close/decision': { decision: 'reject' },
  '/v1/collections/{id}/close/withdraw': {},
  '/v1/disbursements/{id}/cancel': {},
  '/v1/payout-batches/{id}/submit': {},
  '/v1/payout-batches/{id}/approve': {},
  '/v1/payout-batches/{id}/reject': { reason: 'not ours' },
  '/v1/payout-batches/{id}/retry': {},
  '/v1/customers/{id}/details': { name: 'Another name' },
  '/v1/customers/{id}/credit/payout': {
    ...{ amountCents: 1_000, shortcodeId: `shc_${'0'.repeat(32)}`, reason: 'a test' },
  },
  '/v1/customers/{id}/credit/revenue': {
    ...{ amountCents: 1_000, shortcodeId: `shc_${'0'.repeat(32)}`, reason: 'a test' },
  },
  '/v1/received-payments/{id}/allocate': {
    parts: [{ kind: 'customer', id: `cus_${'0'.repeat(32)}`, amountCents: 100 }],
  },
  '/v1/received-payments/{id}/refund': { amountCents: 100, why: 'a test' },
  '/v1/received-payments/{id}/undo': { allocationId: '00000000-0000-7000-8000-000000000000' },
  '/v1/collections/{id}/refunds': { reason: 'not ours' },
  '/v1/limits/changes/{id}/decision': { decision: 'reject' },
  '/v1/shortcodes/{id}/balances/check': {},
  '/v1/shortcodes/{id}/balances/watch': { account: 'Utility Account', belowCents: 100 },
  '/v1/shortcodes/{id}/transaction-status': { receipt: 'UKE7Q2X9LM' },
};

/** The kind of the id in a path; throws for a route that is missing in the table. */
export function idKindOf(path: string): IdKind {
  const [found] = Object.keys(idKinds)
    .filter((start) => path.startsWith(start))
    .toSorted((a, b) => b.length - a.length);
  const kind = found === undefined ? undefined : idKinds[found];
  if (kind === undefined) throw new Error(`tests/support/sample-requests.ts misses ${path}`);
  return kind;
}
