/** Requests for money in every state a person can meet. */
import type {
  Collection,
  CollectionDetail,
  CollectionSummary,
} from '../../../api/collections/schema.ts';
import { collectionStatuses } from '../../../domain/collections/terms.ts';
import type { Refund } from '../../../web/src/collections/useRefunds.ts';
import { cents } from '../../../domain/money.ts';
import { fixturePayouts } from './fixture-payouts.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

function aCollection(number: number, differences: Partial<Collection>): Collection {
  return {
    id: publicId('col', number),
    ...{ status: 'paid', amountCents: cents(150_000), currency: 'KES', msisdn: '2547******78' },
    ...{ accountReference: `INV-10${440 + number}`, description: 'Payment', source: 'api' },
    shortcode: { id: publicId('shc', 1), number: '600984', name: 'Main paybill' },
    ...{ customerId: null, paymentLinkId: null, batchId: null },
    ...{ receipt: null, isReceiptUnknown: false, paidCents: null, paidAt: null, isLate: false },
    ...{ resultCode: null, resultWords: null, isRetryable: false, disagreements: [] },
    ...{ sentAt: ago(90), promptEndsAt: ago(30), resolvesBy: ago(-60), isHandedOver: false },
    ...{ canCancel: false, runUrl: 'https://temporal.example.co.ke/run', version: 3 },
    ...{ createdAt: ago(92), updatedAt: ago(20) },
    ...differences,
  };
}

export const fixtureCollections: readonly Collection[] = [
  aCollection(1, {
    ...{ receipt: 'UKL7Q2X9LM', paidCents: cents(150_000), paidAt: ago(60), resultCode: '0' },
  }),
  aCollection(2, {
    ...{ status: 'prompted', canCancel: true, sentAt: ago(12), createdAt: ago(13) },
    ...{ promptEndsAt: ago(-48), resolvesBy: ago(-168) },
  }),
  aCollection(3, {
    ...{ status: 'refused', resultCode: '2001', isRetryable: true, accountReference: 'SHAMBA' },
    resultWords: {
      en: 'The payer entered a wrong PIN. Ask them to try again carefully.',
      sw: 'Mlipaji aliweka PIN isiyo sahihi. Mwombe ajaribu tena kwa uangalifu.',
    },
  }),
  aCollection(4, {
    ...{ status: 'unknown', canCancel: false, isHandedOver: true, amountCents: cents(25_000_000) },
    disagreements: ['outcome'],
  }),
  aCollection(5, {
    ...{ status: 'requested', canCancel: true, sentAt: null, promptEndsAt: null },
    resolvesBy: null,
  }),
  aCollection(6, { status: 'expired', resultCode: '1037', isRetryable: true }),
  aCollection(7, { status: 'unknown', isHandedOver: true, amountCents: cents(12_000_000) }),
];

const paidTrail: CollectionDetail['trail'] = [
  {
    ...{ kind: 'callback', id: publicId('cbk', 1), at: ago(61), endedAt: null },
    ...{ what: 'delivered', detail: null, amountCents: null },
  },
  {
    ...{ kind: 'event', id: 'evt-1', at: ago(58), endedAt: ago(57) },
    ...{ what: 'collection.paid', detail: null, amountCents: null },
  },
];

function detailOf(one: Collection): CollectionDetail {
  const isPaid = one.status === 'paid';
  return {
    ...one,
    ledgerTransactionId: isPaid ? publicId('ltx', 1) : null,
    transactionId: isPaid ? publicId('txn', 1) : null,
    keptCents: cents(0),
    leftToRefundCents: isPaid ? cents(110_000) : null,
    ...closingOf(one),
    witnesses:
      one.sentAt === null || one.status === 'prompted'
        ? []
        : [
            {
              ...{
                kind: 'callback',
                outcome: isPaid ? 'paid' : 'failed',
                detail: 'As M-PESA said',
              },
              ...{ code: one.resultCode, receipt: one.receipt, amountCents: one.paidCents },
              ...{ callbackId: publicId('cbk', 1), occurredAt: ago(61), observedAt: ago(60) },
            },
            {
              ...{ kind: 'query', outcome: 'pending', code: null, detail: null, receipt: null },
              ...{ amountCents: null, callbackId: null, occurredAt: null, observedAt: ago(70) },
            },
          ],
    timeline: [
      { seq: 1, type: 'requested', at: ago(92), data: {} },
      { seq: 2, type: 'sending', at: ago(91), data: {} },
      { seq: 3, type: 'prompted', at: ago(90), data: {} },
      ...(one.status === 'prompted' ? [] : laterMoments(isPaid)),
    ],
    trail: isPaid ? paidTrail : [],
  };
}

/** The seventh is to be given up, and waits for a second person. */
function closingOf(
  one: Collection,
): Pick<CollectionDetail, 'canClose' | 'closeNeedsTwo' | 'closing'> {
  const isLarge = one.amountCents > 1_000_000;
  const isAsked = one.id === publicId('col', 7);
  return {
    ...{ canClose: one.isHandedOver, closeNeedsTwo: one.isHandedOver && isLarge },
    closing: isAsked
      ? {
          ...{ status: 'waiting', reason: 'The customer paid in cash', isOwn: false },
          ...{ requestedBy: 'user:2', requestedAt: ago(400), decidedBy: null },
          expiresAt: ago(-600_000),
        }
      : null,
  };
}

function laterMoments(isPaid: boolean): CollectionDetail['timeline'] {
  const outcome = isPaid ? 'paid' : 'failed';
  return [
    { seq: 4, type: 'queried', at: ago(70), data: { asked: 'query', answer: 'pending' } },
    { seq: 5, type: 'witnessed', at: ago(60), data: { kind: 'callback', outcome } },
    ...(isPaid ? [{ seq: 6, type: 'posted', at: ago(59), data: { receipt: 'UKL7Q2X9LM' } }] : []),
  ];
}

function summaryOf(rows: readonly Collection[]): CollectionSummary {
  const byStatus = collectionStatuses.map((status) => {
    const some = rows.filter((row) => row.status === status);
    const total = some.reduce((all, row) => all + (row.paidCents ?? row.amountCents), 0);
    return { status, count: some.length, amountCents: cents(total) };
  });
  return { count: rows.length, byStatus, currency: 'KES' };
}

const customers = [
  {
    ...{ id: publicId('cus', 1), reference: 'INV-10441', name: 'Amina Yusuf' },
    ...{ msisdn: '2547******11', createdAt: ago(900_000) },
    ...{ creditCents: cents(250_000), availableCents: cents(150_000), archivedAt: null },
    version: 'amina-1',
  },
];

const customerPayments = {
  data: [
    { kind: 'received', id: publicId('rcv', 1), amountCents: 250_000, receipt: 'UKL7Q2X9LM' },
    { kind: 'collection', id: publicId('col', 1), amountCents: 150_000, receipt: 'UKL7Q2X9LN' },
    { kind: 'payout', id: publicId('dis', 1), amountCents: 50_000, receipt: 'UKL8B2C0NE' },
  ].map((one, index) => ({ ...one, at: ago(60 * (index + 1)) })),
  ...{ nextCursor: null, hasMore: false },
};

const customerList = {
  isDryRun: true,
  counts: { recorded: 0, ready: 1, known: 1, wrong: 1 },
  rows: [
    { state: 'ready', problem: null, name: 'Otieno Odhiambo', reference: 'A-1' },
    { state: 'known', problem: null, name: 'Amina Yusuf', reference: 'INV-10441' },
    { state: 'wrong', problem: 'number', name: 'Njeri', reference: 'A-2' },
  ].map((row, index) => ({ ...row, rowNumber: index + 1, msisdn: null, customerId: null })),
};

function aRefund(number: number, status: Refund['disbursement']['status']): Refund {
  const [paid] = fixturePayouts;
  if (paid === undefined) throw new Error('the fixture has no payout');
  return {
    id: publicId('rev', number),
    ...{ collectionId: publicId('col', 1), receivedPaymentId: null, method: 'reversal' },
    ...{ originalReceipt: 'UKL7Q2X9LM', originalCents: 150_000, amountCents: 40_000 },
    ...{ reason: 'One chair was broken', requestedBy: 'user:demo', createdAt: ago(50) },
    disbursement: { ...paid, kind: 'reversal', status },
  };
}

function refundPage(collectionId: string | null) {
  const all = [aRefund(1, 'paid')];
  const data = all.filter((one) => one.collectionId === (collectionId ?? one.collectionId));
  return { data, nextCursor: null, hasMore: false };
}

/** The answer to a path below `/v1`, or undefined when it is about something else. */
export function answerCollections(url: URL, who: string, isPost: boolean): unknown {
  const path = url.pathname.slice('/v1'.length);
  const query = url.searchParams;
  const rows = (who === 'empty' ? [] : fixtureCollections).filter(
    (row) =>
      (query.get('status') ?? row.status) === row.status &&
      row.accountReference.toLowerCase().includes((query.get('q') ?? '').toLowerCase()),
  );
  if (path === '/collections' && isPost) return fixtureCollections[1];
  if (path === '/collections') return { data: rows, nextCursor: null, hasMore: false };
  if (path === '/collections/summary') return summaryOf(rows);
  if (path === '/customer-lists/upload') return customerList;
  if (path.startsWith('/customers/')) {
    return path.endsWith('/payments') ? customerPayments : customers[0];
  }
  if (path === '/customers') {
    return { data: who === 'empty' ? [] : customers, nextCursor: null, hasMore: false };
  }
  if (path === '/refunds') return refundPage(query.get('collectionId'));
  if (path.endsWith('/refunds') && isPost) return aRefund(2, 'reserved');
  const match = /^\/collections\/(col_\w+)(\/cancel|\/close(?:\/\w+)?)?$/.exec(path);
  const found = fixtureCollections.find(({ id }) => id === match?.[1]);
  if (found === undefined) return undefined;
  return match?.[2] === undefined ? detailOf(found) : { ...found, status: 'cancelled' };
}
