/** How money is typed, asked for once, and counted down. */
import fc from 'fast-check';
import { cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import { stepsDone } from '../../web/src/collections/collection-face.ts';
import { rowGroups, statesOf, tally } from '../../web/src/collection-batches/push-list-face.ts';
import { emptyRequest, readRequest } from '../../web/src/collections/request-draft.ts';
import { batchRowStates } from '../../api/collection-batches/schema.ts';
import { sumsOf } from '../../web/src/collections/collection-sums.ts';
import { startOf } from '../../web/src/ledger/story-start.ts';
import { inOrder, type DatedMoment } from '../../web/src/payments/useTrail.ts';
import { formatLeft, parseWholeShillings } from '../../web/src/payments/shillings.ts';
import { expiryOf } from '../../web/src/payment-links/link-draft.ts';
import { AttemptKeys } from '../../web/src/payments/attempt-keys.ts';
import { paced, paceMs } from '../../web/src/payments/pace.ts';
import { emptyPayout, readPayout } from '../../web/src/disbursements/payout-draft.ts';
import { localProblem } from '../../web/src/request.ts';

describe('shillings as they are typed', () => {
  test.each([
    ['1500', 150_000],
    ['1,500', 150_000],
    ['KES 1 500', 150_000],
    ['1500.00', 150_000],
    [' 70 ', 7_000],
  ])('%s is understood', (text, amount) => {
    expect(parseWholeShillings(text)).toBe(amount);
  });

  test.each(['', '-5', '1500.50', '1.5', 'ten', '1e3', '٣٠', '9999999999'])(
    '%s is not guessed at',
    (text) => {
      expect(parseWholeShillings(text)).toBeUndefined();
    },
  );

  test('every whole number of shillings reads as itself, grouped or not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (shillings) => {
        const grouped = String(shillings).replace(/\B(?=(\d{3})+$)/g, ',');

        expect(parseWholeShillings(String(shillings))).toBe(shillings * 100);
        expect(parseWholeShillings(`KES ${grouped}`)).toBe(shillings * 100);
      }),
    );
  });

  test('a countdown never shows less than nothing', () => {
    expect([65_000, 8_100, 0, -900].map((ms) => formatLeft(ms, 0))).toEqual([
      ...['1:05', '0:09', '0:00', '0:00'],
    ]);
  });
});

describe('looking again', () => {
  test.each([
    [0, 2_000],
    [10_000, 2_000],
    [60_000, 12_000],
    [300_000, 60_000],
    [86_400_000, 60_000],
  ])('after %d ms without any news it is in %d ms', (quietMs, expected) => {
    expect(paceMs(quietMs)).toBe(expected);
  });

  test('an outage of an hour costs fewer looks than its first two minutes did before', () => {
    let nowMs = 0;
    const next = paced(() => nowMs);
    const same = {};
    let looks = 0;
    for (; nowMs < 3_600_000; nowMs += next(same)) looks += 1;

    expect(looks).toBeLessThan(85);
  });

  test('news of any kind makes it quick again', () => {
    let nowMs = 0;
    const next = paced(() => nowMs);
    const before = { status: 'unknown' };
    next(before);
    nowMs = 300_000;

    expect(next(before)).toBe(60_000);
    expect(next({ status: 'paid' })).toBe(2_000);
  });
});

describe('keys of attempts', () => {
  const wish = { path: '/v1/collections', json: { amountCents: 100 } };
  const refusal = { ...localProblem('network'), status: 409, code: 'shortcode-not-ready' };

  function counted(): AttemptKeys {
    let count = 0;
    return new AttemptKeys(() => `key-${(count += 1)}`);
  }

  test.each([
    ['the network fails', localProblem('network')],
    ['the answer is late', localProblem('timeout')],
    ['the server fails', { ...refusal, status: 503 }],
    ['the first try is under way', { ...refusal, code: 'idempotency-in-progress' }],
  ])('the same is asked under the same key after %s', (_name, problem) => {
    const keys = counted();
    const first = keys.keyFor(wish);
    keys.settle(problem);

    expect(keys.keyFor(wish)).toBe(first);
  });

  test.each([
    ['a yes', null],
    ['a no', refusal],
  ])('it is a new request after %s', (_name, problem) => {
    const keys = counted();
    const first = keys.keyFor(wish);
    keys.settle(problem);

    expect(keys.keyFor(wish)).not.toBe(first);
  });

  test('something else never goes under the key of what was lost', () => {
    const keys = counted();
    const first = keys.keyFor(wish);
    keys.settle(localProblem('timeout'));

    expect(keys.keyFor({ ...wish, json: { amountCents: 200 } })).not.toBe(first);
  });
});

describe('a request for money', () => {
  const whole = { ...emptyRequest, shortcodeId: 'shc_1', msisdn: '0712 345 678', amount: '1,500' };

  test('is sent with the number normalised and the amount in cents', () => {
    expect(readRequest({ ...whole, reference: ' INV-1 ' }).wish).toEqual({
      ...{ shortcodeId: 'shc_1', msisdn: '254712345678', amountCents: 150_000 },
      accountReference: 'INV-1',
    });
  });

  test.each([
    [{ msisdn: '020 123 456' }, { msisdn: 'msisdn' }],
    [{ amount: '0' }, { amount: 'too-small' }],
    [{ amount: '250001' }, { amount: 'too-large' }],
    [{ amount: '10.50' }, { amount: 'shillings' }],
    [{ reference: 'INVOICE-10442' }, { reference: 'reference-long' }],
    [{ reference: 'Ünlü' }, { reference: 'reference-signs' }],
    [{ description: 'fourteen chars' }, { description: 'description-long' }],
  ])('with %j is not sent', (change, errors) => {
    const read = readRequest({ ...whole, reference: 'INV-1', ...change });

    expect(read.errors).toEqual(errors);
    expect(read.wish).toBeNull();
  });

  test('stands where its status says, and one that is unknown is never finished', () => {
    const at = (status: Parameters<typeof stepsDone>[0]['status'], seen: string[] = []) =>
      stepsDone({ status, sentAt: null }, new Set(seen));

    expect([at('requested'), at('sending'), at('prompted'), at('paid')]).toEqual([0, 1, 2, 4]);
    expect(at('unknown', ['prompted'])).toBe(3);
  });

  test('sums count money that is unknown as waited for', () => {
    const byStatus = (['paid', 'unknown', 'prompted', 'refused'] as const).map((status, index) => ({
      ...{ status, count: 1, amountCents: cents(100 * 10 ** index) },
    }));

    expect(sumsOf({ byStatus })).toEqual({ paidCents: 100, openCents: 11_000 });
  });
});

describe('a payout', () => {
  const phone = { ...emptyPayout, shortcodeId: 'shc_1', msisdn: '+254112345678', amount: '2,500' };

  test('to a phone is asked for with the number normalised', () => {
    expect(readPayout(phone).wish).toEqual({
      ...{ shortcodeId: 'shc_1', kind: 'business-payment', amountCents: 250_000 },
      payee: { kind: 'msisdn', msisdn: '254112345678' },
      ...{ payeeName: '', remarks: '', reference: null },
    });
  });

  test('to a pay bill needs its number and an account', () => {
    const bill = { ...phone, kind: 'pay-bill' as const, number: '888880' };

    expect(readPayout(bill).errors).toEqual({ account: 'account' });
    expect(readPayout({ ...bill, account: 'A-1' }).wish?.payee).toEqual({
      ...{ kind: 'pay-bill', number: '888880', accountReference: 'A-1' },
    });
  });

  test.each([
    [{ amount: '9' }, { amount: 'too-small' }],
    [{ amount: '250001' }, { amount: 'too-large' }],
    [{ msisdn: '12' }, { msisdn: 'msisdn' }],
    [{ kind: 'tax' as const, number: '12' }, { number: 'registration' }],
    [{ kind: 'buy-goods' as const, number: '1' }, { number: 'number' }],
  ])('with %j is not asked for', (change, errors) => {
    const read = readPayout({ ...phone, ...change });

    expect(read.errors).toEqual(errors);
    expect(read.wish).toBeNull();
  });
});

test.each([
  ['', null],
  ['2026-11-21', '2026-11-21T21:00:00.000Z'],
  ['2026-11-20', 'past'],
])('a link whose last day is %p ends at %p', (lastDay, end) => {
  expect(expiryOf(lastDay, Date.parse('2026-11-21T20:59:59Z'))).toBe(end);
});

describe('rows of a list of requests', () => {
  test('every state belongs to one group, so that the counts add up to the list', () => {
    const states = rowGroups.flatMap((group) => statesOf(group).split(','));

    expect(states.toSorted()).toEqual([...batchRowStates].toSorted());
    expect(statesOf('nonsense')).toBe('');
  });

  test('only rows that ended without money are offered to be asked again', () => {
    const counts = batchRowStates.map((state) => ({ state, count: 1, amountCents: cents(100) }));

    expect(statesOf('failed')).toBe('refused,expired,cancelled');
    expect(tally({ counts }, 'failed')).toEqual({ count: 3, amountCents: 300 });
  });
});

describe('a timeline', () => {
  const moment = (key: string, on: string): DatedMoment => ({
    ...{ key, on: on as Instant, at: on, title: key, detail: null },
  });

  test('puts several lists in the order of time, and keeps theirs for the same instant', () => {
    const mixed = inOrder(
      [moment('a', '2026-01-01'), moment('c', '2026-01-03')],
      [moment('b', '2026-01-02'), moment('d', '2026-01-03')],
    );

    expect(mixed.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a story', () => {
  test.each([
    ['UKL7Q2X9LM', 'receipt'],
    [`ltx_${'0'.repeat(32)}`, 'transactionId'],
    [`cbk_${'0'.repeat(32)}`, 'callbackId'],
    [`dis_${'0'.repeat(32)}`, 'sourceId'],
    ['0190b7c0-0000-7000-8000-000000000000', 'eventId'],
    ['collection/1/2', 'workflowId'],
  ])('is taken up from %s as %s', (text, name) => {
    expect(startOf(text)).toEqual({ [name]: text });
  });
});
