/** Payouts and lists of payouts in every state a person can meet. */
import { batchRowPhrases } from '../../../domain/disbursements/batch-row-phrases.ts';
import { payoutInSwahili } from '../../../domain/disbursements/in-swahili.ts';
import { payoutWords } from '../../../domain/disbursements/phrases.ts';
import { cents } from '../../../domain/money.ts';
import type { Batch, BatchRow } from '../../../web/src/payouts/batch-types.ts';
import type { Payout, PayoutDetail } from '../../../web/src/disbursements/payout-types.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

const aboveThreshold = payoutWords('above-threshold', {
  amount: 'KES 120,000.00',
  limit: 'KES 100,000.00',
});

function aPayout(number: number, differences: Partial<Payout>): Payout {
  return {
    ...{ id: publicId('dis', number), kind: 'business-payment', purpose: 'payout' },
    ...{ shortcodeId: publicId('shc', 3), status: 'paid', amountCents: 250_000 },
    returnedCents: 0,
    ...{ chargeCents: 1_300, currency: 'KES', remarks: 'Milk', reference: `PO-${100 + number}` },
    payee: { kind: 'msisdn', masked: '2547******45', name: 'Wanjiku Kariuki' },
    ...{ batchId: null, batchRow: null, requestedBy: 'user:1', approvedBy: null },
    ...{
      approvalReasons: [],
      approvalReasonsSw: [],
      receipt: null,
      refusal: null,
      isDisputed: false,
    },
    ...{ needsAttention: false, canCancel: false, runUrl: 'https://temporal.example.co.ke/run' },
    ...{ createdAt: ago(600), sentAt: ago(590), finishedAt: null, version: 4 },
    ...differences,
  };
}

export const fixturePayouts: readonly Payout[] = [
  aPayout(1, { receipt: 'UKL8B2C0NE', finishedAt: ago(560) }),
  aPayout(2, {
    ...{ status: 'awaiting-approval', amountCents: 12_000_000, sentAt: null, canCancel: true },
    approvalReasons: [aboveThreshold],
    approvalReasonsSw: [payoutInSwahili(aboveThreshold)],
  }),
  aPayout(3, { status: 'unknown', needsAttention: true, isDisputed: true }),
  aPayout(4, {
    ...{ status: 'refused', finishedAt: ago(500), kind: 'pay-bill' },
    payee: { kind: 'pay-bill', masked: '888880', name: '' },
    refusal: {
      code: 'provider-refused',
      providerCode: '2040',
      ...{ detail: 'The payee cannot receive.', detailSw: null },
    },
  }),
  aPayout(5, { status: 'returned', returnedCents: 250_000, finishedAt: ago(500) }),
  aPayout(6, { returnedCents: 50_000, finishedAt: ago(450), receipt: 'UKL8B2C0NF' }),
  aPayout(7, { finishedAt: ago(400), receipt: 'UKL8B2C0NG' }),
  aPayout(8, { finishedAt: ago(350), receipt: 'UKL8B2C0NH' }),
];

const cameBack: NonNullable<PayoutDetail['returned']> = {
  ...{ receipt: 'UKM3D4F5GH', amountCents: 250_000, reason: 'Sent to the wrong phone' },
  ...{ status: 'waiting', requestedBy: 'user:2', requestedAt: ago(200), decidedBy: null },
  ...{ isOwn: false, expiresAt: ago(-600_000) },
};

/** Of the seventh it was over before anybody agreed; the eighth is the reader's own word. */
function wordOf({ id, status, returnedCents }: Payout): PayoutDetail['returned'] {
  if (returnedCents > 0) return { ...cameBack, status: 'booked', amountCents: returnedCents };
  if (id === publicId('dis', 7)) return { ...cameBack, status: 'expired' };
  if (id === publicId('dis', 8)) return { ...cameBack, isOwn: true };
  return status === 'paid' ? cameBack : null;
}

function trailOf({ sentAt, amountCents }: Payout): PayoutDetail['trail'] {
  const plain = { endedAt: null, detail: null, amountCents: null };
  const hold = { kind: 'hold', id: publicId('rsv', 1), at: ago(590), endedAt: ago(540) } as const;
  if (sentAt === null) return [];
  return [
    { ...hold, what: 'committed', detail: null, amountCents: cents(amountCents) },
    { ...plain, kind: 'question', id: publicId('pqr', 1), at: ago(570), what: 'status' },
    { ...plain, kind: 'callback', id: publicId('cbk', 1), at: ago(550), what: 'delivered' },
    { ...plain, kind: 'event', id: 'evt-1', at: ago(540), what: 'disbursement.paid' },
  ];
}

function detailOf(one: Payout): PayoutDetail {
  return {
    ...one,
    timeline: [
      { status: 'requested', at: ago(600), by: 'user:1', note: null },
      { status: one.status, at: ago(560), by: 'workflow', note: 'As M-PESA said' },
    ],
    transactionId: one.receipt === null ? null : publicId('txn', 3),
    trail: trailOf(one),
    canClose: one.needsAttention,
    canReturn: one.status === 'paid' && one.kind === 'salary-payment',
    returned: wordOf(one),
    closing: one.needsAttention
      ? {
          ...{ outcome: 'paid', receipt: 'UKE7Q2X9LM', reason: 'Seen on the portal', isOwn: false },
          ...{ status: 'waiting', requestedBy: 'user:2', requestedAt: ago(300), decidedBy: null },
          expiresAt: ago(-600_000),
        }
      : null,
    evidence:
      one.sentAt === null
        ? []
        : [
            { source: 'answer', said: 'accepted', receipt: null },
            {
              source: 'status',
              said: one.receipt === null ? 'pending' : 'completed',
              receipt: one.receipt,
            },
          ],
  };
}

function aBatch(number: number, differences: Partial<Batch>): Batch {
  return {
    ...{ id: publicId('pob', number), shortcodeId: publicId('shc', 3), kind: 'salary-payment' },
    ...{ name: 'Wages of November', source: 'csv', status: 'draft', rowCount: 4 },
    ...{ totalCents: 750_000, paidCents: 0, currency: 'KES', round: 1, requestedBy: 'user:1' },
    counts: { waiting: 3, paid: 0, returned: 0, refused: 0, calledBack: 0, open: 0, errors: 1 },
    ...{ returnedCents: 0, refusedCents: 0 },
    ...{ submittedBy: null, approvedBy: null, reason: null, createdAt: ago(900) },
    ...{ runUrl: 'https://temporal.example.co.ke/run', submittedAt: null, approvedAt: null },
    ...{ finishedAt: null, version: 2 },
    ...differences,
  };
}

export const fixtureBatches: readonly Batch[] = [
  aBatch(1, {}),
  aBatch(2, { status: 'awaiting-approval', name: 'Suppliers, week 47', submittedAt: ago(300) }),
  aBatch(3, {
    ...{ status: 'finished', name: 'Casual workers', paidCents: 250_000, finishedAt: ago(100) },
    ...{ returnedCents: 250_000, refusedCents: 250_000 },
    counts: { waiting: 0, paid: 1, returned: 1, refused: 1, calledBack: 0, open: 0, errors: 1 },
  }),
];

function aRow(ordinal: number, differences: Partial<BatchRow>): BatchRow {
  return {
    ...{ ordinal, state: 'waiting', payeeMasked: '2547******45', name: 'Otieno Odhiambo' },
    ...{ reference: `EMP-${ordinal}`, amountCents: 250_000, problem: null, detail: null },
    ...{ detailSw: null, disbursementId: null, receipt: null },
    ...differences,
  };
}

function rowsOf(batch: Batch): BatchRow[] {
  const isOver = batch.status === 'finished';
  return [
    aRow(1, isOver ? { state: 'paid', disbursementId: publicId('dis', 1) } : {}),
    aRow(2, isOver ? { state: 'returned', disbursementId: publicId('dis', 1) } : {}),
    aRow(3, isOver ? { state: 'refused', detail: 'The payee cannot receive.' } : {}),
    aRow(4, {
      ...{ state: 'error', problem: 'amount-invalid', amountCents: null, name: '' },
      detail: batchRowPhrases['whole-shillings'].en,
      detailSw: batchRowPhrases['whole-shillings'].sw,
    }),
  ];
}

const limits = {
  ...{ businessDate: '2026-11-21', currency: 'KES', changes: [] },
  limits: [
    ['per-transaction', 7_000_000, null],
    ['per-day', 30_000_000, 4_000_000],
    ['approval-above', 1_000_000, null],
  ].map(([kind, limitCents, usedCents]) => ({
    ...{ kind, limitCents, usedCents, maximumCents: null },
    leftCents: usedCents === null ? null : 26_000_000,
  })),
};

const page = (data: readonly unknown[]) => ({ data, nextCursor: null, hasMore: false });

/** The answer to a path below `/v1`, or undefined when it is about something else. */
export function answerPayouts(url: URL, who: string, isPost: boolean): unknown {
  const path = url.pathname.slice('/v1'.length);
  const status = url.searchParams.get('status');
  const payouts = (who === 'empty' ? [] : fixturePayouts).filter(
    (one) =>
      (status === null || one.status === status) &&
      (url.searchParams.get('needsAttention') !== 'true' || one.needsAttention),
  );
  if (path === '/disbursements' && isPost) return { disbursement: fixturePayouts[1] };
  if (path === '/disbursements') return page(payouts);
  if (path === '/limits') return limits;
  if (path === '/tariffs/quote') {
    const amountCents = Number(url.searchParams.get('amountCents'));
    return { product: 'b2c', on: '2026-11-21', amountCents, chargeCents: 1_300, currency: 'KES' };
  }
  if (path === '/payout-batches') return page(who === 'empty' ? [] : fixtureBatches);
  if (path === '/payout-batches/upload') return fixtureBatches[0];
  const [, list, id, rest] = path.split('/');
  const payout = fixturePayouts.find((one) => one.id === id);
  if (list === 'disbursements' && payout !== undefined) {
    return rest === undefined ? detailOf(payout) : { ...payout, status: 'reserved' };
  }
  const batch = fixtureBatches.find((one) => one.id === id);
  if (list !== 'payout-batches' || batch === undefined) return undefined;
  return rest === 'rows' ? page(rowsOf(batch)) : batch;
}
