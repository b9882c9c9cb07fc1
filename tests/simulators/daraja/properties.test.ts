import fc from 'fast-check';
import { chargeOf, publishedTariffs } from '../../../simulators/daraja/book/tariffs.ts';
import { createQueue } from '../../../simulators/daraja/task-queue.ts';
import { receiptFor } from '../../../simulators/daraja/random.ts';
import { cents } from '../../../domain/money.ts';
import { businessDate, instantFromEpochMs } from '../../../domain/time.ts';
import { openBench, timestamp } from './bench-client.ts';
import type { Bench, Json } from './bench-client.ts';

/** One step of a day of business, drawn at random. */
const step = fc.record({
  kind: fc.constantFrom('push', 'pay', 'payout', 'transfer', 'reversal', 'wait'),
  phone: fc.integer({ min: 0, max: 3 }),
  amount: fc.constantFrom(1, 10, 99, 101, 1_500, 2_501, 70_000, 250_000),
  code: fc.constantFrom('600984', '174379'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const rules = [
  { match: { api: 'stk-push' }, probability: 0.2, effect: { kind: 'phone', action: 'cancel' } },
  { match: { api: 'stk-push' }, probability: 0.2, effect: { kind: 'callback-lost' } },
  { match: { api: 'b2c' }, probability: 0.3, effect: { kind: 'callback-duplicated', times: 2 } },
  { match: {}, probability: 0.1, effect: { kind: 'refuse', with: 'system-busy' } },
  { match: { api: 'stk-push' }, probability: 0.1, effect: { kind: 'success-after-failure' } },
];

async function run(bench: Bench, { kind, phone, amount, code }: Step, index: number) {
  const msisdn = `25471200000${phone}`;
  const common = {
    SecurityCredential: 'x',
    Remarks: 'ok',
    QueueTimeOutURL: `${bench.receiver.url}/t`,
    ResultURL: `${bench.receiver.url}/r`,
  };
  if (kind === 'push') {
    const Password = Buffer.from(`${code}twin-passkey${timestamp}`).toString('base64');
    const shortcodes = { BusinessShortCode: code, PartyB: code, Password };
    await bench.push({ ...shortcodes, Amount: amount, PartyA: msisdn, PhoneNumber: msisdn });
  }
  if (kind === 'pay') await bench.admin('POST', '/pay', { shortcode: code, msisdn, amount });
  if (kind === 'payout') {
    await bench.post('/mpesa/b2c/v3/paymentrequest', {
      ...common,
      SecurityCredential: bench.credential(),
      OriginatorConversationID: `o-${index}`,
      InitiatorName: 'twin-initiator',
      CommandID: 'BusinessPayment',
      Amount: amount,
      PartyA: code,
      PartyB: msisdn,
    });
  }
  if (kind === 'transfer') {
    await bench.post('/mpesa/b2b/v1/paymentrequest', {
      ...common,
      SecurityCredential: bench.credential(),
      Initiator: 'twin-initiator',
      CommandID: 'BusinessPayBill',
      SenderIdentifierType: '4',
      RecieverIdentifierType: '4',
      Amount: amount,
      PartyA: code,
      PartyB: '888880',
      AccountReference: 'A',
    });
  }
  if (kind === 'reversal') {
    const { transactions } = (await bench.admin('GET', '/book?status=completed')) as {
      transactions: Json[];
    };
    await bench.post('/mpesa/reversal/v1/request', {
      ...common,
      SecurityCredential: bench.credential(),
      Initiator: 'twin-initiator',
      CommandID: 'TransactionReversal',
      TransactionID: transactions.at(-1)?.['receipt'] ?? 'UKE0000000',
      Amount: amount,
      ReceiverParty: code,
      RecieverIdentifierType: '11',
    });
  }
  await bench.advance(kind === 'wait' ? 150_000 : 1_500);
}

/** The book and the callbacks of one day, as texts that can be compared. */
async function live(bench: Bench, steps: readonly Step[]) {
  await bench.admin('POST', '/reset');
  await bench.admin('PUT', '/settings', { openingBalanceCents: 30_000_000 });
  await bench.admin('PUT', '/rules', { rules });
  const before = bench.receiver.received.length;
  for (const [index, one] of steps.entries()) await run(bench, one, index);
  await bench.advance(86_400_000);
  const { accounts } = (await bench.admin('GET', '/accounts')) as {
    accounts: { account: string; balanceCents: number }[];
  };
  const { transactions } = await bench.admin('GET', '/book');
  return {
    accounts,
    transactions: transactions as Json[],
    callbacks: bench.receiver.received.slice(before).map(({ path, text }) => ({ path, text })),
  };
}

test('no cent is lost, no wallet goes below nothing, and the lines explain the accounts', async () => {
  const bench = await openBench({ settings: { openingBalanceCents: cents(30_000_000) } });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const { accounts, transactions } = await live(bench, steps);
      const total = accounts.reduce((sum, { balanceCents }) => sum + balanceCents, 0);
      const wallets = accounts.filter(({ account }) => account.startsWith('customer:'));
      const receipts = transactions.flatMap(({ receipt }) => (receipt === null ? [] : [receipt]));

      expect(total).toBe(0);
      expect(wallets.every(({ balanceCents }) => balanceCents >= 0)).toBe(true);
      expect(new Set(receipts).size).toBe(receipts.length);
      expect(transactions.filter(({ status }) => status === 'pending')).toEqual([]);
      expect(
        transactions.every((one) => (one['receipt'] !== null) === (one['status'] === 'completed')),
      ).toBe(true);
    }),
    { numRuns: 15 },
  );
  await bench.close();
});

test('the same seed and the same requests give the same book and the same callbacks', async () => {
  const steps = fc.sample(step, { numRuns: 25, seed: 7 });
  const days = [];
  for (const seed of [5, 5, 6]) {
    const bench = await openBench({ seed });
    const day = await live(bench, steps);
    days.push({ ...day, transactions: strip(day.transactions, bench.receiver.url) });
    await bench.close();
  }
  const [first, second, other] = days;

  expect(first?.callbacks.length).toBeGreaterThan(0);
  expect(second).toEqual(first);
  expect(other?.callbacks).not.toEqual(first?.callbacks);
});

function strip(transactions: Json[], url: string): string {
  return JSON.stringify(transactions).replaceAll(url, '');
}

test('receipts are unique within a day, whatever the seed', () => {
  const at = instantFromEpochMs(Date.UTC(2026, 10, 14));
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 50_000_000 }), (seed, start) => {
      const all = Array.from({ length: 300 }, (_, index) =>
        receiptFor(at, { seed, sequence: start + index }),
      );
      expect(new Set(all).size).toBe(300);
      expect(all.every((receipt) => /^UKE[A-Z0-9]{7}$/.test(receipt))).toBe(true);
    }),
  );
});

test('the parts of a charge are the whole charge in every bouquet', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 250_000 }), (shillings) => {
      const on = businessDate('2026-11-14');
      const totals = (['customer-pays', 'business-pays', 'mgao'] as const).map((bouquet) => {
        const wish = { name: 'paybill', on } as const;
        const charge = chargeOf(publishedTariffs, wish, cents(shillings * 100), bouquet);
        return charge.payerCents + charge.businessCents;
      });
      expect(new Set(totals).size).toBe(1);
    }),
  );
});

test('tasks run by time, then in the order in which they were asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (dues) => {
      const queue = createQueue();
      for (const [order, dueMs] of dues.entries()) queue.add({ dueMs, order, work: undefined });
      const ran: [number, number][] = [];
      for (let next = queue.first(); next !== undefined; next = queue.first()) {
        ran.push([next.dueMs, next.order]);
        queue.removeFirst();
      }
      const expected = dues.map((dueMs, order): [number, number] => [dueMs, order]);
      expect(ran).toEqual(expected.toSorted(([a, i], [b, j]) => a - b || i - j));
    }),
  );
});
