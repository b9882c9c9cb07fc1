/** Money without a certain owner. */
import { guessInSwahili, tellGuess } from '../../../domain/collections/guess-phrases.ts';
import type { Received, ReceivedDetail } from '../../../web/src/unallocated/useDesk.ts';
import { cents } from '../../../domain/money.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

function aPayment(number: number, differences: Partial<Received>): Received {
  return {
    ...{ id: publicId('rcv', number), receipt: `UKM${number}Q7X2LP`, state: 'unallocated' },
    ...{ reason: 'no-match', source: 'c2b', amountCents: cents(320_000), currency: 'KES' },
    ...{ allocatedCents: cents(0), leftCents: cents(320_000), reference: 'INV 1044l' },
    ...{ payerName: 'Amina Yusuf', msisdn: '2547******11', collectionId: null },
    shortcode: { id: publicId('shc', 1), number: '600984', name: 'Main paybill' },
    ...{ occurredAt: ago(4000), receivedAt: ago(3990), version: 1, guesses: [] },
    runUrl: 'https://temporal.example.co.ke/run',
    ...differences,
  };
}

const said = (words: string) => ({ words, wordsSw: guessInSwahili(words) });

const guesses: Received['guesses'] = [
  {
    ...{ kind: 'customer', id: publicId('cus', 1), reference: 'INV-10441', name: 'Amina Yusuf' },
    openCents: null,
    score: 0.92,
    reasons: [
      { kind: 'reference', ...said(tellGuess('one-typo')) },
      { kind: 'payer', ...said(tellGuess('paid-often', { times: 4 })) },
    ],
  },
  {
    ...{ kind: 'payment-link', id: publicId('plk', 1), reference: 'SHAMBA', name: 'Shamba rent' },
    openCents: cents(120_000),
    score: 0.31,
    reasons: [{ kind: 'amount', ...said(tellGuess('amount')) }],
  },
];

export const fixtureReceived: readonly Received[] = [
  aPayment(1, { guesses }),
  aPayment(2, { reference: '', payerName: '', msisdn: null, reason: 'double' }),
  aPayment(3, {
    ...{ state: 'part-allocated', reason: 'over', allocatedCents: cents(120_000) },
    ...{ leftCents: cents(200_000), guesses: guesses.slice(0, 1) },
  }),
];

function detailOf(one: Received): ReceivedDetail {
  const isPart = one.allocatedCents > 0;
  return {
    ...one,
    ...{ ledgerTransactionId: null, transactionId: publicId('txn', 1) },
    refunds: [],
    allocations: isPart
      ? [
          {
            ...{ id: '01890000-0000-7000-8000-000000000001', kind: 'customer', reason: 'desk' },
            ...{ targetId: publicId('cus', 1), amountCents: one.allocatedCents },
            ...{ actor: 'user:1', at: ago(900), undoneAt: null },
          },
        ]
      : [],
  };
}

/** The answer to a path below `/v1`, or undefined when it is about something else. */
export function answerDesk(url: URL, who: string): unknown {
  const path = url.pathname.slice('/v1/received-payments'.length);
  if (!url.pathname.startsWith('/v1/received-payments')) return undefined;
  const isSorted = url.searchParams.get('state')?.startsWith('allocated') === true;
  const rows = who === 'empty' || isSorted ? [] : fixtureReceived;
  if (path === '') return { data: rows, nextCursor: null, hasMore: false };
  if (path === '/summary') {
    const waitingCents = rows.reduce((all, row) => all + row.leftCents, 0);
    return { count: rows.length, waitingCents, currency: 'KES' };
  }
  const found = fixtureReceived.find(({ id }) => id === path.split('/')[1]);
  if (found === undefined) return undefined;
  const isGiven = path.endsWith('/allocate');
  return detailOf(isGiven ? { ...found, allocatedCents: found.leftCents } : found);
}
