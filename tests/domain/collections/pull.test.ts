import fc from 'fast-check';
import { decide } from '../../../domain/collections/decide.ts';
import {
  notInPullCode,
  pullRange,
  seekPush,
  weighAbsence,
  type PulledRow,
  type SoughtPush,
} from '../../../domain/collections/pull.ts';
import type { Witness } from '../../../domain/collections/terms.ts';
import { cents } from '../../../domain/money.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';

const sentMs = Date.UTC(2026, 10, 14, 6, 35, 12);
const minute = 60_000;
const noClaims = { receipts: new Set<string>(), rivals: 0 };

const push: SoughtPush = {
  amountCents: cents(150_000),
  msisdn: '254712345678',
  accountReference: 'INV-10442',
  sentAt: instantFromEpochMs(sentMs),
};

function aRow(said: Partial<PulledRow> = {}): PulledRow {
  return {
    receipt: 'UKE7Q2X9LM',
    amountCents: cents(150_000),
    msisdn: '712345678',
    accountReference: 'INV-10442',
    paidAt: instantFromEpochMs(sentMs + 20_000),
    ...said,
  };
}

describe('looking for a push among pulled payments', () => {
  test('its own amount, payer, reference and time are its money', () => {
    expect(seekPush(push, [aRow()], noClaims)).toEqual({ kind: 'found', payment: aRow() });
  });

  test('a till shows no reference: the payer alone decides', () => {
    const atTill = aRow({ accountReference: '' });

    expect(seekPush(push, [atTill], noClaims).kind).toBe('found');
    expect(seekPush(push, [{ ...atTill, msisdn: 'a'.repeat(64) }], noClaims).kind).toBe(
      'ambiguous',
    );
  });

  test.each([
    ['another amount', { amountCents: cents(150_100) }],
    ['another payer', { msisdn: '712345679' }],
    ['a payment from before it was sent', { paidAt: instantFromEpochMs(sentMs - 3 * minute) }],
    ['a payment of hours later', { paidAt: instantFromEpochMs(sentMs + 61 * minute) }],
  ] as const)('%s is not its money', (_name, difference) => {
    expect(seekPush(push, [aRow(difference)], noClaims)).toEqual({ kind: 'absent' });
  });

  test('the payer’s same amount under another reference concludes nothing', () => {
    const other = aRow({ accountReference: 'RENT' });

    expect(seekPush(push, [other], noClaims)).toEqual({ kind: 'ambiguous', candidates: 1 });
  });

  test('a receipt that is the money of something else is no candidate', () => {
    const claims = { ...noClaims, receipts: new Set(['UKE7Q2X9LM']) };

    expect(seekPush(push, [aRow()], claims)).toEqual({ kind: 'absent' });
  });

  test('a payment that fits two pushes is given to neither, and its absence is told to both', () => {
    const claims = { ...noClaims, rivals: 1 };

    expect(seekPush(push, [aRow()], claims).kind).toBe('ambiguous');
    expect(seekPush(push, [], claims).kind).toBe('absent');
  });
});

const someRow: fc.Arbitrary<PulledRow> = fc.record({
  receipt: fc.constantFrom('UKE0000001', 'UKE0000002', 'UKE0000003', 'UKE0000004'),
  amountCents: fc.constantFrom(cents(150_000), cents(150_100)),
  msisdn: fc.constantFrom('712345678', '254712345678', '2547 ***** 678', '712345679', ''),
  accountReference: fc.constantFrom('INV-10442', 'inv 10442', 'RENT', ''),
  paidAt: fc.option(
    fc.integer({ min: -10, max: 90 }).map((at) => instantFromEpochMs(sentMs + at * minute)),
    { nil: undefined },
  ),
});
const someClaims = fc.record({
  receipts: fc.subarray(['UKE0000001', 'UKE0000002', 'UKE0000003']).map((all) => new Set(all)),
  rivals: fc.constantFrom(0, 0, 0, 1, 2),
});
const someRows = fc.uniqueArray(someRow, { selector: ({ receipt }) => receipt, maxLength: 4 });

describe('for every pull', () => {
  test('the order of its rows and repeats of them change nothing', () => {
    const shuffled = someRows.chain((rows) =>
      fc.record({
        rows: fc.constant(rows),
        other: fc.shuffledSubarray([...rows, ...rows]).map((some) => [...some, ...rows]),
      }),
    );

    fc.assert(
      fc.property(shuffled, someClaims, ({ rows, other }, claims) => {
        expect(seekPush(push, other, claims)).toEqual(seekPush(push, rows, claims));
      }),
      { numRuns: 2_000 },
    );
  });

  test('what is found fits in full, is nobody else’s and has no rival', () => {
    fc.assert(
      fc.property(someRows, someClaims, (rows, claims) => {
        const finding = seekPush(push, rows, claims);
        if (finding.kind !== 'found') return;
        expect(finding.payment.amountCents).toBe(push.amountCents);
        expect(claims.receipts.has(finding.payment.receipt)).toBe(false);
        expect(claims.rivals).toBe(0);
        expect(['712345679']).not.toContain(finding.payment.msisdn);
      }),
      { numRuns: 2_000 },
    );
  });

  test('absence is never told while its own payment is in the list and free', () => {
    fc.assert(
      fc.property(someRows, someClaims, fc.nat(4), (rows, claims, at) => {
        const own = aRow({ receipt: 'UKE0000009' });
        const all = [...rows.slice(0, at), own, ...rows.slice(at)];
        expect(seekPush(push, all, claims).kind).not.toBe('absent');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what an absence is worth', () => {
  const look = (nowMinutes: number, firstMinutes?: number, scale = 1) =>
    weighAbsence({
      ...{ nowMs: sentMs + nowMinutes * minute, sentMs, scale },
      firstAbsentMs: firstMinutes === undefined ? undefined : sentMs + firstMinutes * minute,
    });

  test('it ends a push after two looks that are five minutes apart, the first after five minutes', () => {
    expect(look(4.9)).toBe('too-early');
    expect(look(5)).toBe('first');
    expect(look(9.9, 5)).toBe('first');
    expect(look(10, 5)).toBe('final');
  });

  test('waits are scaled as everywhere else', () => {
    expect(look(0.05, undefined, 0.01)).toBe('first');
    expect(look(0.1, 0.05, 0.01)).toBe('final');
  });
});

test('an absence is believed as long as nobody saw the money, and a known reason says more', () => {
  const observedAt = instantFromEpochMs(sentMs + 30 * minute);
  const said = { receipt: null, amountCents: null, observedAt };
  const absent = { ...said, kind: 'pull', outcome: 'failed', code: notInPullCode } as const;
  const cancelled = { ...said, kind: 'callback', outcome: 'failed', code: '1032' } as const;
  const paid: Witness = {
    ...{ kind: 'callback', outcome: 'paid', code: '0', observedAt },
    ...{ receipt: 'UKE7Q2X9LM', amountCents: cents(150_000) },
  };
  const time = { nowMs: sentMs + 60 * minute, provisionalMs: minute };

  expect(decide([absent], time)).toMatchObject({ verdict: 'expired', code: notInPullCode });
  expect(decide([absent, cancelled], time)).toMatchObject({ verdict: 'refused', code: '1032' });
  expect(decide([absent, paid], time)).toMatchObject({
    ...{ verdict: 'paid', disagreements: ['outcome'] },
  });
  expect(decide([{ ...absent, outcome: 'pending' }], time)).toMatchObject({ verdict: 'open' });
});

test('a sweep sees the end of the last one again and never asks for more than M-PESA keeps', () => {
  const nowMs = sentMs;
  const hour = 60 * minute;

  expect(pullRange(nowMs, undefined)).toEqual({ fromMs: nowMs - 24 * hour, toMs: nowMs });
  expect(pullRange(nowMs, nowMs - 10 * minute).fromMs).toBe(nowMs - 40 * minute);
  expect(pullRange(nowMs, nowMs - 90 * hour).fromMs).toBe(nowMs - 47 * hour);
});
