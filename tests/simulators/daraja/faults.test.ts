import type { Effect } from '../../../simulators/daraja/faults/effects.ts';
import { openBench, passwordOf, payer, timestamp } from './bench-client.ts';
import type { Bench, Json } from './bench-client.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await openBench({ settings: { holdMs: 300 } });
});

afterEach(() => bench.close());

const path = '/hooks/s/token';
const texts = () => bench.receiver.received.filter((one) => one.path === path);

async function rule(...effects: Effect[]): Promise<void> {
  const rules = effects.map((effect) => ({ match: { api: 'stk-push' }, effect }));
  await bench.admin('PUT', '/rules', { rules });
}

async function statuses(): Promise<unknown[]> {
  const { transactions } = (await bench.admin('GET', '/book')) as { transactions: Json[] };
  return transactions.map(({ status }) => status);
}

function callback(text: string): Json {
  const { Body } = JSON.parse(text) as { Body: { stkCallback: Json } };
  return Body.stkCallback;
}

describe('callbacks', () => {
  test('are lost, while the money moved', async () => {
    await rule({ kind: 'callback-lost' });
    await bench.push();
    await bench.advance(3_600_000);
    expect(texts()).toEqual([]);
    expect(await statuses()).toEqual(['completed']);
  });

  test('are late', async () => {
    await rule({ kind: 'callback-late', ms: 240_000 });
    await bench.push();
    await bench.advance(240_999);
    expect(texts()).toEqual([]);
    await bench.advance(1);
    expect(texts()).toHaveLength(1);
  });

  test.each([true, false])('come several times (at once: %s), all equal', async (concurrently) => {
    bench.receiver.answer(path, { afterMs: 60 });
    await rule({ kind: 'callback-duplicated', times: 4, concurrently });
    await bench.push();
    await bench.advance(1_000);
    const times = texts().map(({ atMs }) => atMs);

    expect(new Set(texts().map(({ text }) => text)).size).toBe(1);
    expect(times).toHaveLength(4);
    expect(Math.max(...times) - Math.min(...times) < 60).toBe(concurrently);
  });

  test('come before the request is answered', async () => {
    await rule({ kind: 'callback-before-answer' });
    await bench.push();
    expect(texts()).toHaveLength(1);
  });

  test('come in another order than they happened', async () => {
    await bench.admin('PUT', '/rules', {
      rules: [{ match: { api: 'stk-push', nth: 1 }, effect: { kind: 'callback-out-of-order' } }],
    });
    const first = await bench.push();
    await bench.advance(1_000);
    expect(texts()).toEqual([]);
    const second = await bench.push({ PhoneNumber: '254712000002', PartyA: '254712000002' });
    await bench.advance(1_000);
    expect(texts().map(({ text }) => callback(text)['CheckoutRequestID'])).toEqual([
      second.body['CheckoutRequestID'],
      first.body['CheckoutRequestID'],
    ]);
  });

  test.each([
    ['truncated', (text: string) => expect(() => JSON.parse(text)).toThrow(SyntaxError)],
    ['html', (text: string) => expect(text).toMatch(/^<html/)],
    ['empty', (text: string) => expect(text).toBe('')],
    ['wrong-types', (text: string) => expect(callback(text)['ResultCode']).toEqual([0])],
    [
      'missing-metadata',
      (text: string) => expect(callback(text)).not.toHaveProperty('CallbackMetadata'),
    ],
  ] as const)('are malformed: %s', async (how, check) => {
    await rule({ kind: 'callback-malformed', how });
    await bench.push();
    await bench.advance(1_000);
    expect(texts()).toHaveLength(1);
    check(texts()[0]?.text ?? '');
  });

  test.each(['amount', 'id', 'success'] as const)(
    'are forged before the true one: %s',
    async (how) => {
      await rule({ kind: 'callback-forged', how }, { kind: 'phone', action: 'pin' });
      await bench.push();
      await bench.advance(1_000);
      const [forged, genuine] = texts().map(({ text }) => callback(text));
      const { transactions } = (await bench.admin('GET', '/book')) as {
        transactions: { callbacks: Json[] }[];
      };

      expect(texts()).toHaveLength(2);
      expect(genuine?.['ResultCode']).toBe(0);
      if (how === 'amount') expect(JSON.stringify(forged)).toContain('999999');
      if (how === 'id') {
        expect(forged?.['CheckoutRequestID']).not.toBe(genuine?.['CheckoutRequestID']);
      }
      expect(transactions[0]?.callbacks.map(({ isGenuine }) => isGenuine)).toEqual([false, true]);
    },
  );

  test('are forged with another token in the address', async () => {
    await rule({ kind: 'callback-forged', how: 'token', isInstead: true });
    await bench.push();
    await bench.advance(1_000);
    expect(bench.receiver.received.map((one) => one.path)).toEqual([
      expect.stringMatching(/^\/hooks\/s\/[0-9a-f]{5}$/),
    ]);
  });

  test('claim success for a payment that was cancelled', async () => {
    await rule({ kind: 'callback-forged', how: 'success' }, { kind: 'phone', action: 'cancel' });
    await bench.push();
    await bench.advance(1_000);
    expect(texts().map(({ text }) => callback(text)['ResultCode'])).toEqual([0, 1032]);
    expect(await statuses()).toEqual(['cancelled']);
  });

  test('say 1037 first and paid later', async () => {
    await rule({ kind: 'success-after-failure', afterMs: 30_000 });
    const { body } = await bench.push();
    await bench.advance(1_000);
    const query = () =>
      bench.post('/mpesa/stkpushquery/v1/query', {
        BusinessShortCode: '174379',
        Password: passwordOf('174379'),
        Timestamp: timestamp,
        CheckoutRequestID: body['CheckoutRequestID'],
      });
    expect((await query()).body['ResultCode']).toBe('1037');
    await bench.advance(30_000);
    expect((await query()).body['ResultCode']).toBe('0');
    expect(texts().map(({ text }) => callback(text)['ResultCode'])).toEqual([1037, 0]);
    expect(await statuses()).toEqual(['completed']);
  });
});

describe('answers', () => {
  test.each([true, false])('never come; carried out: %s', async (withEffect) => {
    await rule({ kind: 'timeout', withEffect });
    await expect(bench.push()).rejects.toThrow('fetch failed');
    await bench.advance(1_000);
    expect(await statuses()).toEqual(withEffect ? ['completed'] : []);
    expect(texts()).toHaveLength(withEffect ? 1 : 0);
  });

  test.each([true, false])('are cut off; carried out: %s', async (withEffect) => {
    await rule({ kind: 'cut', withEffect });
    await expect(bench.push()).rejects.toThrow('fetch failed');
    expect(await statuses()).toEqual(withEffect ? ['pending'] : []);
  });

  test.each([
    ['system-busy', 500, 'System is busy. Please try again in few minutes.'],
    ['spike-arrest', 500, 'Spike Arrest Violation'],
    ['too-many-requests', 429, 'Spike Arrest Violation'],
    ['quota', 500, 'Quota Violation'],
    ['internal', 500, 'Internal Server Error'],
    ['html', 503, 'Incapsula incident'],
    ['truncated', 200, '{"MerchantRequestID":"7c1e-4f0a'],
    ['invalid-token', 404, '404.001.03'],
    ['no-product', 401, 'no apiproduct match found'],
  ] as const)('refuse with %s', async (kind, status, words) => {
    await rule({ kind: 'refuse', with: kind });
    const answer = await bench.push();
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
    expect(await statuses()).toEqual([]);
  });

  test('are slow, as rules and settings want', async () => {
    await bench.admin('PUT', '/settings', { latencyMs: 60 });
    await rule({ kind: 'slow', ms: 60 });
    const began = performance.now();
    await bench.push();
    expect(performance.now() - began).toBeGreaterThanOrEqual(115);
  });

  test('give tokens that end early', async () => {
    await bench.admin('PUT', '/rules', {
      rules: [{ match: { api: 'oauth' }, effect: { kind: 'short-token', ms: 5_000 } }],
    });
    expect((await bench.push({ Amount: 0 })).status).toBe(400);
    await bench.advance(5_000);
    expect((await bench.push()).body['errorCode']).toBe('404.001.03');
  });

  test('turn to the queue timeout URL, with and without effect', async () => {
    for (const withEffect of [true, false]) {
      await bench.admin('PUT', '/rules', {
        rules: [{ match: { api: 'b2c' }, effect: { kind: 'queue-timeout', withEffect } }],
      });
      await bench.post('/mpesa/b2c/v1/paymentrequest', {
        InitiatorName: 'twin-initiator',
        SecurityCredential: bench.credential(),
        CommandID: 'BusinessPayment',
        Amount: 100,
        PartyA: '600984',
        PartyB: payer,
        Remarks: 'ok',
        QueueTimeOutURL: `${bench.receiver.url}/t`,
        ResultURL: `${bench.receiver.url}/r`,
      });
      await bench.advance(1_000);
    }
    expect(bench.receiver.bodies('/t')).toHaveLength(2);
    expect(bench.receiver.bodies('/r')).toEqual([]);
    expect(await statuses()).toEqual(['completed', 'expired']);
  });
});

test('rules match by phone, amount, shortcode and count', async () => {
  const effect = { kind: 'refuse', with: 'system-busy' };
  await bench.admin('PUT', '/rules', {
    rules: [
      { match: { msisdn: '254712000009' }, effect },
      { match: { amountCents: 4_200 }, effect },
      { match: { shortcode: '600984' }, effect },
      { match: { api: ['stk-query', 'stk-push'], nth: 4 }, effect },
    ],
  });
  const answers = [
    await bench.push({ PhoneNumber: '254712000009' }),
    await bench.push({ Amount: 42 }),
    await bench.push({ BusinessShortCode: '600984' }),
    await bench.push(),
    await bench.push({ PhoneNumber: '254712000001' }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500, 200]);
});

test('a rule that makes no sense is refused in words', async () => {
  await expect(
    bench.admin('PUT', '/rules', { rules: [{ match: {}, effect: { kind: 'nonsense' } }] }),
  ).rejects.toThrow('there is no effect nonsense');
});
