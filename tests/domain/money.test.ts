import fc from 'fast-check';
import {
  add,
  allocate,
  cents,
  formatAmount,
  formatMoney,
  multiplyRatio,
  negate,
  subtract,
  sum,
} from '../../domain/money.ts';

const anyCents = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }).map(cents);

describe('cents', () => {
  test.each([0.5, Number.NaN, Infinity, 2 ** 53])(
    'refuses %p, which is not a whole number of cents',
    (n) => {
      expect(() => cents(n)).toThrow(RangeError);
    },
  );

  test('minus zero becomes zero', () => {
    expect(Object.is(cents(-0), 0)).toBe(true);
  });
});

describe('arithmetic', () => {
  test('adding and subtracting the same amount changes nothing', () => {
    fc.assert(fc.property(anyCents, anyCents, (a, b) => subtract(add(a, b), b) === a));
  });

  test('an amount and its negative add up to zero', () => {
    fc.assert(fc.property(anyCents, (a) => add(a, negate(a)) === 0));
  });

  test('a sum beyond the safe range is refused instead of rounded', () => {
    expect(() => sum([cents(Number.MAX_SAFE_INTEGER), cents(1)])).toThrow(RangeError);
  });
});

describe('multiplyRatio', () => {
  test.each([
    [1005, 'floor', 502],
    [1005, 'ceiling', 503],
    [1005, 'half-even', 502],
    [1007, 'half-even', 504],
    [1005, 'half-up', 503],
    [-1005, 'half-up', -503],
    [-1005, 'half-even', -502],
    [-1005, 'floor', -503],
  ] as const)('half of %p rounded by %s is %p', (amount, rounding, expected) => {
    expect(multiplyRatio(cents(amount), { numerator: 1, denominator: 2 }, rounding)).toBe(expected);
  });

  test('a product beyond the range of a double is exact', () => {
    const ratio = { numerator: 999_999_937, denominator: 1_000_000_007 };

    expect(multiplyRatio(cents(900_000_000_000_001), ratio, 'floor')).toBe(899_999_937_000_001);
  });

  test('a zero denominator is our bug and throws', () => {
    expect(() => multiplyRatio(cents(1), { numerator: 1, denominator: 0 }, 'floor')).toThrow(
      RangeError,
    );
  });
});

describe('allocate', () => {
  test('the parts always add up to the whole, and none is off by more than a cent', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(anyCents, weights, (total, parts) => {
        const whole = parts.reduce((a, b) => a + b, 0);
        fc.pre(whole > 0);
        const shares = allocate(total, parts);
        expect(sum(shares)).toBe(total);
        shares.forEach((share, i) =>
          expect(Math.abs(share - (total * (parts[i] ?? 0)) / whole)).toBeLessThanOrEqual(1),
        );
      }),
    );
  });

  test('equal remainders go to the earlier part', () => {
    expect(allocate(cents(100), [1, 1, 1])).toEqual([34, 33, 33]);
  });
});

describe('formatting', () => {
  test.each([
    [0, '0.00'],
    [5, '0.05'],
    [-5, '-0.05'],
    [123456, '1,234.56'],
    [-100000000, '-1,000,000.00'],
  ])('%p cents read %s', (amount, text) => {
    expect(formatAmount(cents(amount))).toBe(text);
  });

  test('money carries its currency', () => {
    expect(formatMoney(cents(123400))).toBe('KES 1,234.00');
  });
});
