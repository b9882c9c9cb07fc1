import fc from 'fast-check';
import { divide, type AllocationTarget } from '../../../domain/collections/allocation.ts';
import { rankGuesses, type Candidate } from '../../../domain/collections/guesses.ts';
import { compareReferences, referenceKey } from '../../../domain/collections/reference.ts';
import { validatePayment } from '../../../domain/collections/validation.ts';
import { openToAll, type ValidationSettings } from '../../../domain/daraja/validation-settings.ts';
import { cents, sum } from '../../../domain/money.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';

const nowMs = Date.UTC(2026, 10, 14, 6, 35, 12);
const day = 24 * 60 * 60 * 1_000;
const someCents = fc.integer({ min: 100, max: 25_000_000 }).map(cents);
const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ'.split('');

const known = fc
  .tuple(
    fc.array(fc.constantFrom(...letters), { minLength: 2, maxLength: 4 }),
    fc.integer({ min: 1_000, max: 99_999 }),
  )
  .map(([name, number]) => `${name.join('')}-${number}`);

type Slip = 'none' | 'spacing' | 'case' | 'look-alike' | 'swap' | 'drop' | 'wrong-key' | 'garbage';

/** What thumbs do to a reference; `at` picks where. */
function slip(reference: string, how: Slip, at: number): string {
  const place = at % (reference.length - 1);
  const before = reference.slice(0, place);
  const [one = '', two = ''] = reference.slice(place);
  switch (how) {
    case 'none':
      return reference;
    case 'spacing':
      return ` ${reference.replace('-', ' ')} `;
    case 'case':
      return reference.toLowerCase();
    case 'look-alike':
      return reference.replaceAll('0', 'O').replaceAll('1', 'l');
    case 'swap':
      return `${before}${two}${one}${reference.slice(place + 2)}`;
    case 'drop':
      return `${before}${reference.slice(place + 1)}`;
    case 'wrong-key':
      return `${before}${one === '7' ? '8' : '7'}${reference.slice(place + 1)}`;
    case 'garbage':
      return 'Rent';
  }
}

interface Case {
  typed: string;
  amountCents: ReturnType<typeof cents>;
  candidates: Candidate[];
  truth: string;
}

/** A book of open requests and one payment that is meant for one of them. */
const someCase: fc.Arbitrary<Case> = fc
  .record({
    references: fc.uniqueArray(known, { minLength: 20, maxLength: 60, selector: referenceKey }),
    amounts: fc.array(someCents, { minLength: 60, maxLength: 60 }),
    days: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 60, maxLength: 60 }),
    at: fc.nat(1_000),
    how: fc.constantFrom<Slip>(
      ...(['none', 'none', 'spacing', 'case', 'look-alike'] as const),
      ...(['swap', 'drop', 'wrong-key', 'wrong-key', 'garbage'] as const),
    ),
    isExact: fc.integer({ min: 0, max: 9 }).map((die) => die < 8),
    paidBefore: fc.constantFrom(0, 0, 1, 4),
  })
  .map(({ references, amounts, days, at, how, isExact, paidBefore }) => {
    const meant = at % references.length;
    const candidates = references.map((reference, index) => ({
      ...({ kind: 'payment-link', id: `id-${String(index).padStart(3, '0')}`, reference } as const),
      openCents: amounts[index] ?? cents(100),
      activeAt: instantFromEpochMs(nowMs - (index === meant ? 1 : (days[index] ?? 0)) * day),
      paidBefore: index === meant ? paidBefore : 0,
      taught: 0,
    }));
    const own = candidates[meant] ?? candidates[0];
    if (own === undefined) throw new Error('a book has requests');
    const amountCents = isExact ? own.openCents : cents(own.openCents + 5_000);
    return { typed: slip(own.reference, how, at), amountCents, candidates, truth: own.id };
  });

describe('guesses about whose money it is', () => {
  test('name the right request first in 85 and among three in 95 of 100 payments', () => {
    const samples = fc.sample(someCase, { numRuns: 2_000, seed: 20_261_127 });
    const places = samples.map(({ typed, amountCents, candidates, truth }) => {
      const arrival = { reference: typed, amountCents, receivedAt: instantFromEpochMs(nowMs) };
      return rankGuesses(arrival, candidates).findIndex(({ id }) => id === truth);
    });
    const share = (count: number) =>
      places.filter((place) => place >= 0 && place < count).length / places.length;

    expect(share(1)).toBeGreaterThanOrEqual(0.85);
    expect(share(3)).toBeGreaterThanOrEqual(0.95);
  });

  test('do not depend on the order of the requests, are ranked, and give their reasons', () => {
    const shuffled = someCase.chain((book) =>
      fc.record({
        book: fc.constant(book),
        other: fc.shuffledSubarray(book.candidates, { minLength: book.candidates.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ book, other }) => {
        const { typed: reference, amountCents } = book;
        const arrival = { reference, amountCents, receivedAt: instantFromEpochMs(nowMs) };
        const guesses = rankGuesses(arrival, book.candidates);
        expect(rankGuesses(arrival, other)).toEqual(guesses);
        const scores = guesses.map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(guesses.every(({ reasons }) => reasons.length > 0)).toBe(true);
        expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('references as typed', () => {
  test('case, spaces and look-alike characters never hide a reference', () => {
    const harmless = fc.constantFrom<Slip>('none', 'spacing', 'case', 'look-alike');
    fc.assert(
      fc.property(known, harmless, fc.nat(50), (reference, how, at) => {
        expect(compareReferences(slip(reference, how, at), reference).score).toBeGreaterThanOrEqual(
          0.95,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test('any two texts have a score from 0 to 1, and one text is itself', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (typed, other) => {
        const { score } = compareReferences(typed, other);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(compareReferences(typed, typed).score).toBe(typed === '' ? 0 : 1);
      }),
      { numRuns: 2_000 },
    );
  });

  test('one slip of the thumb is one keystroke away and below certainty', () => {
    const slips = fc.constantFrom<Slip>('swap', 'drop', 'wrong-key');
    fc.assert(
      fc.property(known, slips, fc.nat(50), (reference, how, at) => {
        const typed = slip(reference, how, at);
        fc.pre(referenceKey(typed) !== referenceKey(reference));
        const match = compareReferences(typed, reference);
        expect(match.distance).toBe(1);
        expect(match.score).toBeLessThan(0.95);
      }),
      { numRuns: 1_000 },
    );
  });
});

const someTarget: fc.Arbitrary<AllocationTarget> = fc.record({
  state: fc.constantFrom('open', 'open', 'settled', 'closed'),
  openCents: fc.option(fc.integer({ min: -100, max: 1_000_000 }).map(cents), { nil: null }),
  hasCustomer: fc.boolean(),
});

describe('dividing an amount', () => {
  test('loses and invents no cent, makes no empty part and never overpays a request', () => {
    fc.assert(
      fc.property(someCents, someTarget, fc.boolean(), (amountCents, target, isExact) => {
        const parts = divide(amountCents, target, isExact ? 'exact' : 'forgiving');
        expect(sum(parts.map((part) => part.amountCents))).toBe(amountCents);
        expect(parts.every((part) => part.amountCents > 0)).toBe(true);
        const own = parts.find(({ to }) => to === 'target')?.amountCents ?? 0;
        if (target.openCents !== null) {
          expect(own).toBeLessThanOrEqual(Math.max(0, target.openCents));
        }
        if (target.state !== 'open') expect(own).toBe(0);
        if (!target.hasCustomer) expect(parts.some(({ to }) => to === 'customer')).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });
});

const someSettings: fc.Arbitrary<ValidationSettings> = fc.record({
  isOn: fc.boolean(),
  whenUndecided: fc.constantFrom('accept', 'reject'),
  account: fc.constantFrom('any', 'known', 'mask'),
  accountMask: fc.constantFrom(null, 'AAA-9999', 'INV*'),
  minCents: fc.option(someCents, { nil: null }),
  maxCents: fc.option(someCents, { nil: null }),
});
const someOffer = fc.record({
  amountCents: someCents,
  accountReference: fc.oneof(known, fc.constantFrom('', ' - ', 'inv 1', 'INV-10442')),
});
const isKnownOrNot = fc.constantFrom(true, false, undefined);

describe('the rules of a shortcode', () => {
  test('turn nobody away while they are off, and nobody without a rule that says so', () => {
    fc.assert(
      fc.property(someOffer, someSettings, isKnownOrNot, (offer, settings, isKnown) => {
        expect(validatePayment(offer, { ...settings, isOn: false }, isKnown).accept).toBe(true);
        const open = { ...settings, ...openToAll, isOn: true, minCents: null };
        expect(validatePayment(offer, open, isKnown).accept).toBe(true);
      }),
    );
  });

  test('never take an amount outside the limits or a reference that is known to be unknown', () => {
    fc.assert(
      fc.property(someOffer, someSettings, isKnownOrNot, (offer, settings, isKnown) => {
        const on = { ...settings, isOn: true };
        const verdict = validatePayment(offer, on, isKnown);
        const { minCents, maxCents } = on;
        const isOutside =
          (minCents !== null && offer.amountCents < minCents) ||
          (maxCents !== null && offer.amountCents > maxCents);
        if (isOutside) expect(verdict).toEqual({ accept: false, code: 'C2B00013' });
        else if (on.account === 'known' && isKnown === false) {
          expect(verdict).toEqual({ accept: false, code: 'C2B00012' });
        } else if (!verdict.accept) expect(verdict.code).not.toBe('C2B00013');
      }),
      { numRuns: 2_000 },
    );
  });

  test('decide nothing by a reference nobody could look up but what the tenant chose', () => {
    fc.assert(
      fc.property(known, fc.constantFrom('accept', 'reject'), (accountReference, whenUndecided) => {
        const settings = { ...openToAll, isOn: true, account: 'known', whenUndecided } as const;
        const offer = { amountCents: cents(100_000), accountReference };
        expect(validatePayment(offer, settings, undefined).accept).toBe(whenUndecided === 'accept');
      }),
    );
  });
});
