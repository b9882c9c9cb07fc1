/** The ledger as the fixture server shows it: a small shop with one paybill. */
import { publicId } from './fixture-rows.ts';

const shortcode = publicId('shc', 1);
const at = '2026-11-20T08:15:00.000Z';

const account = (n: number, kind: string, balanceCents: number, reservedCents = 0) => ({
  id: publicId('lac', n),
  ...{ kind, owner: kind === 'adjustment' ? null : shortcode },
  ownerName: kind === 'adjustment' ? null : 'Duka Paybill',
  ...{ currency: 'KES', balanceCents, reservedCents, openedAt: at, closedAt: null },
  availableCents: balanceCents - reservedCents,
});

const accounts = [
  account(1, 'charges', 4_600),
  account(2, 'outside', -12_504_600),
  account(3, 'suspense', 1_250_000),
  account(4, 'utility', 11_250_000, 500_000),
];

const transaction = {
  id: publicId('ltx', 1),
  ...{ reference: 'collection/1/paid', kind: 'collection.paid', occurredAt: at, recordedAt: at },
  ...{ amountCents: 250_000, currency: 'KES', receipt: 'TKL4H7Q2X9', reason: null },
  ...{ actor: 'workflow:collection', reverses: null, reversedBy: null },
  source: {
    ...{ kind: 'collection', id: 'c1', objectId: publicId('col', 1) },
    runUrl: 'http://localhost:8233/run',
  },
  entries: [
    {
      leg: 1,
      accountId: accounts[1]?.id,
      kind: 'outside',
      owner: shortcode,
      ownerName: 'Duka Paybill',
      amountCents: -250_000,
    },
    {
      leg: 2,
      accountId: accounts[3]?.id,
      kind: 'utility',
      owner: shortcode,
      ownerName: 'Duka Paybill',
      amountCents: 250_000,
    },
  ],
};

const entry = {
  transactionId: transaction.id,
  ...{ leg: 2, kind: transaction.kind, reference: transaction.reference },
  ...{ receipt: transaction.receipt, occurredAt: at, amountCents: 250_000 },
  balanceCents: 11_250_000,
};

const story = {
  transactions: [transaction],
  receipts: [
    {
      ...{ receipt: transaction.receipt, leg: 'credit', amountCents: 250_000, at },
      transactionId: transaction.id,
      source: { kind: 'collection', id: publicId('col', 1) },
    },
  ],
  reservations: [],
  events: [{ id: 'e1', type: 'collection.paid', at, publishedAt: at }],
  callbacks: [
    { id: publicId('cbk', 1), letter: 's', state: 'delivered', cause: null, repeats: 0, at },
    {
      id: publicId('cbk', 2),
      letter: 's',
      state: 'quarantined',
      cause: 'other-amount',
      repeats: 1,
      at,
    },
  ],
  questions: [{ id: publicId('pqr', 1), kind: 'status', at, answeredAt: null }],
  audit: [{ seq: 7, actor: 'service:ledger', action: 'collection.cancel-requested', at }],
  runs: [{ workflowId: 'collection/1', url: 'http://localhost:8233/run' }],
  ...{ isWhole: false, cut: ['events', 'audit'], nextCursor: 'more', hasMore: true },
};

const asked = (n: number, differences: object) => ({
  id: publicId('psr', n),
  ...{ kind: 'adjustment', accountId: accounts[3]?.id, side: 'out', amountCents: 120_050 },
  ...{ transactionId: null, currency: 'KES', reason: 'The float was counted on Friday evening' },
  ...{ status: 'waiting', requestedBy: 'user:2', isOwn: false, requestedAt: at },
  ...{ expiresAt: '2026-11-27T08:15:00.000Z', decidedBy: null, decidedAt: null, note: null },
  ...{ postedId: null, ...differences },
});
const requests = [
  asked(1, {}),
  asked(2, { isOwn: true, side: 'in', amountCents: 5_000 }),
  asked(3, {
    ...{ kind: 'reversal', accountId: null, side: null, amountCents: null, status: 'posted' },
    ...{ transactionId: transaction.id, decidedBy: 'user:3', decidedAt: at, note: 'Seen twice' },
    postedId: publicId('ltx', 2),
  }),
  asked(4, { status: 'expired', decidedBy: 'service:ledger', decidedAt: at }),
];

const monitors = (['armed', 'tripped', 'paused'] as const).map((state, n) => ({
  id: publicId('mon', n + 1),
  ...{ accountId: accounts[3]?.id, kind: 'utility', owner: shortcode, ownerName: 'Duka Paybill' },
  ...{ name: `Float ${n + 1}`, direction: n === 2 ? 'above' : 'below', currency: 'KES', state },
  ...{ thresholdCents: 5_000_000 + n, crossedAt: n === 1 ? at : null, createdBy: 'user:1' },
  ...{ pausedAt: n === 2 ? at : null, tells: ['owner', 'finance'], version: `monitor-${n}` },
}));

const trial = {
  currency: 'KES',
  effects: [accounts[3], { ...accounts[2], kind: 'adjustment', owner: null, ownerName: null }].map(
    (one, index) => ({
      ...{ accountId: one?.id, kind: one?.kind, owner: one?.owner, ownerName: one?.ownerName },
      ...{ changeCents: index === 0 ? -120_050 : 120_050, beforeCents: one?.balanceCents },
      afterCents: (one?.balanceCents ?? 0) + (index === 0 ? -120_050 : 120_050),
      availableCents: one?.availableCents,
    }),
  ),
  refusal: null,
};

const page = (data: readonly unknown[]) => ({ data, nextCursor: null, hasMore: false });

/** The answer to a path of the ledger; undefined for any other path. */
export function answerLedger(path: string, who: string): unknown {
  const isEmpty = who === 'empty';
  if (path === '/ledger/accounts') return page(isEmpty ? [] : accounts);
  if (path === '/ledger/transactions') return page(isEmpty ? [] : [transaction]);
  if (path === '/ledger/requests') return page(isEmpty ? [] : requests);
  if (path === '/ledger/monitors') return { data: isEmpty ? [] : monitors };
  if (path === '/ledger/dry-run') return trial;
  if (path === '/ledger/lineage') return story;
  if (path === '/ledger/trial-balance')
    return {
      ...{ at, currency: 'KES', debitCents: 12_504_600, creditCents: 12_504_600 },
      lines: isEmpty
        ? []
        : accounts.map(({ id: accountId, kind, owner, ownerName, balanceCents }) => ({
            ...{ accountId, kind, owner, ownerName, accountCount: 1 },
            debitCents: Math.max(balanceCents, 0),
            creditCents: Math.max(-balanceCents, 0),
          })),
    };
  if (/^\/ledger\/accounts\/[^/]+\/statement$/.test(path))
    return {
      ...{ account: accounts[3], from: null, to: null, openingCents: 0 },
      closingCents: 11_250_000,
      ...page(isEmpty ? [] : [entry]),
    };
  return undefined;
}
