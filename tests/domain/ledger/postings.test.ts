import fc from 'fast-check';
import {
  adjusted,
  charged,
  creditUsed,
  earned,
  keptForCustomer,
  owed,
  paidOut,
  received,
  reversed,
} from '../../../domain/ledger/movements.ts';
import {
  accountKey,
  applyPostings,
  assertPostings,
  effectsOf,
  legsOf,
  postingsOf,
  reversalOf,
} from '../../../domain/ledger/postings.ts';
import type { AccountKey, Held } from '../../../domain/ledger/postings.ts';
import { accountKinds, type AccountRef, type Posting } from '../../../domain/ledger/terms.ts';
import { cents, zero } from '../../../domain/money.ts';

const account = fc.record<AccountRef>({
  kind: fc.constantFrom(...accountKinds),
  owner: fc.constantFrom('', 'a', 'b'),
});
const posting = fc
  .record<Posting>({
    from: account,
    to: account,
    amountCents: fc.integer({ min: 1, max: 1e9 }).map(cents),
  })
  .filter(({ from, to }) => accountKey(from) !== accountKey(to));
const postings = fc.array(posting, { minLength: 1, maxLength: 8 });
const amounts = (legs: readonly { amountCents: number }[]) =>
  legs.reduce((sum, { amountCents }) => sum + amountCents, 0);

describe('postings', () => {
  test('become legs that sum to zero and back again', () => {
    fc.assert(
      fc.property(postings, (given) => {
        const legs = legsOf(given);
        expect(amounts(legs)).toBe(0);
        expect(postingsOf([...legs].reverse())).toEqual(given);
      }),
    );
  });

  test('and their reversal leave every account where it was', () => {
    fc.assert(
      fc.property(postings, (given) => {
        for (const { netCents } of effectsOf([...given, ...reversalOf(given)]).values())
          expect(netCents).toBe(0);
        expect(reversed(reversed(given))).toEqual(given);
      }),
    );
  });

  test('that are refused change nothing; accepted ones keep the sum of the book', () => {
    const book = fc.array(
      fc.tuple(account, fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 })),
    );
    fc.assert(
      fc.property(book, postings, (held, given) => {
        const before = new Map<AccountKey, Held>(
          held.map(([ref, balance, reserved]) => [
            accountKey(ref),
            { balanceCents: cents(balance), reservedCents: cents(Math.min(reserved, balance)) },
          ]),
        );
        for (const { from, to } of given)
          for (const ref of [from, to])
            if (!before.has(accountKey(ref)))
              before.set(accountKey(ref), { balanceCents: zero, reservedCents: zero });
        const after = new Map(before);
        const applied = applyPostings(after, given);
        if (!applied.ok) return expect(after).toEqual(before);
        const total = (map: Map<AccountKey, Held>) =>
          [...map.values()].reduce((sum, { balanceCents }) => sum + balanceCents, 0);
        expect(total(after)).toBe(total(before));
        for (const [key, { balanceCents, reservedCents }] of after) {
          if (/^(outside|adjustment|utility)/.test(key)) continue;
          const was = before.get(key);
          const isBearable =
            balanceCents - reservedCents >= 0 || balanceCents >= (was?.balanceCents ?? 0);
          expect(isBearable).toBe(true);
        }
      }),
    );
  });

  test.each([
    ['nothing', []],
    [
      'an amount of zero',
      [{ ...received({ shortcodeId: 's', amountCents: cents(1) })[0], amountCents: zero }],
    ],
    [
      'an account paying itself',
      [
        {
          from: { kind: 'utility', owner: 's' },
          to: { kind: 'utility', owner: 's' },
          amountCents: cents(1),
        },
      ],
    ],
  ])('refuse %s as our own mistake', (_what, given) => {
    expect(() => assertPostings(given as Posting[])).toThrow(RangeError);
  });

  test('whose legs do not pair are noticed', () => {
    const [first] = legsOf(received({ shortcodeId: 's', amountCents: cents(1) }));
    expect(() => postingsOf(first === undefined ? [] : [first])).toThrow('not pairs');
  });
});

describe('movements', () => {
  const of = { shortcodeId: 's', amountCents: cents(100) };

  test('keep minus outside and charges equal to what M-PESA shows', () => {
    const all = [
      ...received(of),
      ...keptForCustomer({ ...of, customerId: 'c' }),
      ...creditUsed({ ...of, customerId: 'c' }),
      ...earned({ ...of, amountCents: cents(10) }),
      ...owed({ ...of, amountCents: cents(5), to: 'm' }),
      ...paidOut({ ...of, amountCents: cents(40), chargeCents: cents(3) }),
      ...charged({ ...of, amountCents: cents(2) }),
    ];
    const net = (kind: string) =>
      [...effectsOf(all)]
        .filter(([key]) => key.startsWith(kind))
        .reduce((sum, [, { netCents }]) => sum + netCents, 0);
    expect(-net('outside') - net('charges')).toBe(100 - 40 - 3 - 2);
    expect(net('utility') + net('revenue') + net('payable') + net('customer')).toBe(55);
  });

  test('by hand put in and take out the same', () => {
    const utility: AccountRef = { kind: 'utility', owner: 's' };
    expect(reversalOf(adjusted(utility, cents(7), 'in'))).toEqual(
      adjusted(utility, cents(7), 'out'),
    );
  });

  test('without a charge are one posting', () => {
    expect(paidOut({ ...of, chargeCents: zero })).toHaveLength(1);
  });
});
