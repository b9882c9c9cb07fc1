/**
 * Money is a whole number of cents in a branded `number`: raw arithmetic on it is not assignable
 * back to `Cents`, so every sum and product has to go through this file.
 */
declare const centsBrand: unique symbol;
export type Cents = number & { readonly [centsBrand]: true };

export type Currency = 'KES';

/** Brands a whole number of cents. Throws when `n` is not a safe integer: that is our bug. */
export function cents(n: number): Cents {
  if (!Number.isSafeInteger(n)) throw new RangeError(`not a whole number of cents: ${n}`);
  return (n === 0 ? 0 : n) as Cents;
}

export const zero: Cents = cents(0);

export function add(a: Cents, b: Cents): Cents {
  return cents(a + b);
}

export function subtract(a: Cents, b: Cents): Cents {
  return cents(a - b);
}

export function negate(a: Cents): Cents {
  return cents(-a);
}

export function sum(amounts: Iterable<Cents>): Cents {
  let total: number = 0;
  for (const amount of amounts) total += amount;
  return cents(total);
}

export type Rounding = 'floor' | 'ceiling' | 'half-even' | 'half-up';

/**
 * `amount × numerator ÷ denominator`, rounded as named; exact because the product is a bigint.
 * Throws on a zero denominator. Example: `multiplyRatio(cents(1005), 1, 2, 'half-even')` is 502.
 */
export function multiplyRatio(
  amount: Cents,
  ratio: { numerator: number; denominator: number },
  rounding: Rounding,
): Cents {
  const denominator = BigInt(ratio.denominator);
  if (denominator === 0n) throw new RangeError('a ratio cannot have a zero denominator');
  const sign = denominator < 0n ? -1n : 1n;
  const product = BigInt(amount) * BigInt(ratio.numerator) * sign;
  return cents(Number(divideRounded(product, denominator * sign, rounding)));
}

function divideRounded(product: bigint, divisor: bigint, rounding: Rounding): bigint {
  const truncated = product / divisor;
  const remainder = product % divisor;
  const floor = remainder < 0n ? truncated - 1n : truncated;
  const rest = product - floor * divisor;
  if (rest === 0n || rounding === 'floor') return floor;
  if (rounding === 'ceiling') return floor + 1n;
  const twice = rest * 2n;
  if (twice !== divisor) return twice > divisor ? floor + 1n : floor;
  if (rounding === 'half-even') return floor % 2n === 0n ? floor : floor + 1n;
  return product < 0n ? floor : floor + 1n;
}

/**
 * Splits `total` in proportion to `weights` (non-negative, not all zero) by the largest remainder;
 * equal remainders go to the earlier part, so the parts always add up to the whole.
 */
export function allocate(total: Cents, weights: readonly number[]): Cents[] {
  const whole = weights.reduce((a, b) => a + b, 0);
  if (whole <= 0) throw new RangeError('weights must not all be zero');
  const parts = weights.map((weight, index) => {
    const product = BigInt(total) * BigInt(weight);
    const share = divideRounded(product, BigInt(whole), 'floor');
    return { index, share, rest: product - share * BigInt(whole) };
  });
  let missing = BigInt(total) - parts.reduce((acc, part) => acc + part.share, 0n);
  const byRest = [...parts].sort((a, b) =>
    a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1,
  );
  for (const part of byRest) {
    if (missing <= 0n) break;
    part.share += 1n;
    missing -= 1n;
  }
  return parts.map((part) => cents(Number(part.share)));
}

/** `123456` → `1,234.56`; negative amounts carry a leading minus sign. */
export function formatAmount(amount: Cents): string {
  const absolute = Math.abs(amount);
  const shillings = String(Math.trunc(absolute / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = String(absolute % 100).padStart(2, '0');
  return `${amount < 0 ? '-' : ''}${shillings}.${rest}`;
}

/** `123456` → `KES 1,234.56`. */
export function formatMoney(amount: Cents, currency: Currency = 'KES'): string {
  return `${currency} ${formatAmount(amount)}`;
}
