/** Amounts on Daraja's wire: whole shillings on the way out, numbers or text on the way in. */
import { cents, type Cents } from '../money.ts';

/** Safaricom's limit of one transaction, in cents; tenants may set lower ones. */
export const transactionMaxCents: Cents = cents(250_000_00);

/** True for what Daraja takes: whole shillings, at least one, within the limit of a transaction. */
export function isPayable(amount: Cents): boolean {
  return amount >= 100 && amount % 100 === 0 && amount <= transactionMaxCents;
}

/** Cents → whole shillings. Throws on anything that is not payable: callers refuse that earlier. */
export function toShillings(amount: Cents): number {
  if (!isPayable(amount)) throw new RangeError(`Daraja cannot move ${amount} cents`);
  return amount / 100;
}

const amountPattern = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/;

/**
 * An amount as callbacks carry it (`1500`, `1500.5`, `"1500.00"`) → cents. Undefined for everything
 * else: spaces, commas, exponents, more than two decimals.
 */
export function parseSignedAmount(value: unknown): Cents | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = amountPattern.exec(String(value));
  if (match === null) return undefined;
  const [, sign, shillings = '', decimals = ''] = match;
  const amount = Number(shillings) * 100 + Number(decimals.padEnd(2, '0'));
  return cents(sign === '-' ? -amount : amount);
}

/** Like `parseSignedAmount`, for money that moved: zero and less are undefined too. */
export function parseMovedAmount(value: unknown): Cents | undefined {
  const amount = parseSignedAmount(value);
  return amount !== undefined && amount > 0 ? amount : undefined;
}
