/**
 * A year of a small shop, always the same: rows for the fixture server to filter, page and add up.
 * Nothing here is random between runs, so screenshots and sums can be compared.
 */
import type { TransactionDetail } from '../../../api/transactions/schema.ts';
import { readingInSwahili } from '../../../domain/statements/in-swahili.ts';
import { tellReading } from '../../../domain/statements/reading-phrases.ts';
import { cents } from '../../../domain/money.ts';
import { businessDateOf, instantFromEpochMs } from '../../../domain/time.ts';

const whyUnknown = tellReading('unknown');

/** The clock of every fixture: 21 November 2026, 14:05 in Nairobi. */
export const fixtureNowMs = Date.parse('2026-11-21T11:05:00.000Z');

/** `pad('stm', 7)` → a public id that ends in 7. */
export function publicId(prefix: string, number: number): string {
  return `${prefix}_${number.toString(16).padStart(32, '0')}`;
}

/** A small deterministic generator of numbers in [0, 1). */
export function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

type Shape = Pick<
  TransactionDetail,
  'direction' | 'purpose' | 'channel' | 'nature' | 'category'
> & {
  details: string;
  name: string | null;
  fromCents: number;
  toCents: number;
  weight: number;
};

const shapes: readonly Shape[] = [
  [
    'in',
    'till',
    'till',
    'ordinary',
    'sales',
    'Customer Merchant Payment from 2547******118',
    'GRACE WANJIRU KAMAU',
    5_000,
    480_000,
    40,
  ],
  [
    'in',
    'receive',
    'receive-money',
    'ordinary',
    'transfers-in',
    'Funds received from 2547******204',
    'PETER OTIENO ODHIAMBO',
    20_000,
    900_000,
    14,
  ],
  [
    'out',
    'paybill',
    'paybill',
    'ordinary',
    'stock',
    'Pay Bill to 522522 UNGA WHOLESALERS Acc. 40118',
    'UNGA WHOLESALERS',
    150_000,
    3_200_000,
    9,
  ],
  [
    'out',
    'paybill',
    'paybill',
    'ordinary',
    'utilities',
    'Pay Bill to 888880 KPLC PREPAID Acc. 14250098812',
    'KPLC PREPAID',
    20_000,
    260_000,
    5,
  ],
  [
    'out',
    'send',
    'send-money',
    'ordinary',
    'transfers-out',
    'Customer Transfer to 0712***678',
    'JOHN MWANGI KARIUKI',
    10_000,
    700_000,
    9,
  ],
  [
    'out',
    'till',
    'till',
    'ordinary',
    'groceries',
    'Merchant Payment to 329329 NAIVAS KILIMANI',
    'NAIVAS',
    12_000,
    540_000,
    8,
  ],
  [
    'out',
    'fee.send',
    'charge',
    'charge',
    'charges',
    'Customer Transfer of Funds Charge',
    null,
    700,
    10_800,
    9,
  ],
  [
    'out',
    'agent',
    'agent',
    'ordinary',
    'cash-out',
    'Customer Withdrawal At Agent Till 198271',
    'BARAKA COMMUNICATIONS',
    50_000,
    1_500_000,
    4,
  ],
  [
    'out',
    'airtime',
    'airtime',
    'ordinary',
    'airtime-data',
    'Airtime Purchase',
    'SAFARICOM',
    2_000,
    50_000,
    5,
  ],
  [
    'out',
    'savings',
    'savings',
    'own-money',
    'savings',
    'M-Shwari Deposit',
    null,
    50_000,
    600_000,
    2,
  ],
  [
    'in',
    'loan.fuliza.draw',
    'loan',
    'loan',
    'loans',
    'OverDraft of Credit Party',
    null,
    10_000,
    320_000,
    2,
  ],
  [
    'in',
    'business',
    'business-payment',
    'ordinary',
    null,
    'Business Payment from 300600 KOPO KOPO via API',
    'KOPO KOPO',
    300_000,
    2_400_000,
    2,
  ],
].map(
  ([direction, purpose, channel, nature, category, details, name, fromCents, toCents, weight]) => ({
    direction,
    purpose,
    channel,
    nature,
    category,
    details,
    name,
    fromCents,
    toCents,
    weight,
  }),
) as Shape[];

const weightSum = shapes.reduce((total, shape) => total + shape.weight, 0);

function shapeAt(share: number): Shape {
  let rest = share * weightSum;
  for (const shape of shapes) {
    rest -= shape.weight;
    if (rest < 0) return shape;
  }
  return shapes[0] as Shape;
}

export const accounts = [
  { id: publicId('acc', 1), kind: 'till', label: 'Mama Njeri Till', numberMasked: '512***' },
  { id: publicId('acc', 2), kind: 'personal', label: 'Njeri M-PESA', numberMasked: '0712***345' },
] as const;

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** `count` rows going back from the fixture's clock, newest first. */
export function fixtureRows(count: number): TransactionDetail[] {
  const next = sequence(20_261_121);
  const rows: TransactionDetail[] = [];
  let atMs = fixtureNowMs - 3_600_000;
  let balance = 12_450_000;
  for (let index = 0; index < count; index += 1) {
    const shape = shapeAt(next());
    const span = shape.toCents - shape.fromCents;
    const amount = cents(shape.fromCents + Math.floor((next() ** 2 * span) / 100) * 100);
    const account = next() < 0.7 ? accounts[0] : accounts[1];
    const receipt = `TKL${Array.from({ length: 7 }, () => letters[Math.floor(next() * letters.length)]).join('')}`;
    const occurredAt = instantFromEpochMs(Math.floor(atMs / 1000) * 1000);
    const place = {
      id: publicId('stm', 1),
      fileName: 'M-PESA_Statement_Nov_2026.pdf',
      page: 1 + Math.floor(index / 35),
      line: 1 + (index % 35),
    };
    rows.push({
      id: publicId('txn', index + 1),
      receipt,
      occurredAt,
      businessDate: businessDateOf(occurredAt),
      direction: shape.direction,
      amountCents: amount,
      currency: 'KES',
      balanceCents: cents(balance),
      details: shape.details,
      purpose: shape.purpose,
      channel: shape.channel,
      nature: shape.nature,
      category: shape.category,
      categoryReason:
        shape.category === null
          ? null
          : `The wording “${shape.details.split(' ').slice(0, 3).join(' ')}” is used for this.`,
      confidence: shape.category === null ? 'low' : next() < 0.85 ? 'certain' : 'likely',
      counterparty:
        shape.name === null
          ? null
          : {
              kind: 'business',
              name: shape.name,
              msisdn: shape.channel === 'send-money' ? '0712***678' : null,
              shortcode: shape.channel === 'paybill' ? '522522' : null,
              accountReference: shape.channel === 'paybill' ? '40118' : null,
            },
      account: { id: account.id, label: account.label },
      statement: place,
      parentId: shape.nature === 'charge' && index > 0 ? publicId('txn', index) : null,
      children:
        shape.channel === 'send-money'
          ? [{ id: publicId('txn', index + 2), amountCents: cents(2_300), purpose: 'fee.send' }]
          : [],
      raw: `${receipt} | ${occurredAt.slice(0, 19).replace('T', ' ')} | ${shape.details} | Completed | ${shape.direction === 'in' ? amount / 100 : ''} | ${shape.direction === 'out' ? `-${amount / 100}` : ''} | ${balance / 100}`,
      ...{ reason: whyUnknown, reasonSw: readingInSwahili(whyUnknown), categoryReasonSw: null },
      ...{ sources: [place], tags: [], note: null, parts: [], attachments: [] },
      version: `row-${index}`,
    });
    balance = Math.max(50_000, balance - (shape.direction === 'in' ? amount : -amount));
    atMs -= 1_000_000 + Math.floor(next() * 5_400_000);
  }
  return rows;
}
