/** Where an arriving amount goes. Too much, too little, twice and too late each have one end. */
import { subtract, sum, zero, type Cents } from '../money.ts';
import type { AllocationReason } from './terms.ts';

export interface AllocationTarget {
  /** `settled`: paid in full already · `closed`: ended, expired or withdrawn. */
  state: 'open' | 'settled' | 'closed';
  /** What is still to be paid; null where any amount is welcome. */
  openCents: Cents | null;
  /** Whether a customer is known who can be credited with what is too much. */
  hasCustomer: boolean;
}

export interface AllocationPart {
  to: 'target' | 'customer' | 'desk';
  amountCents: Cents;
  reason: AllocationReason;
}

/**
 * The parts an amount falls into; they add up to it and none is zero. Too little goes to its target,
 * which stays open for the rest; too much is credited to the customer, or waits on the desk when
 * there is none; a second payment and a late one wait on the desk. Example: 1,500 for an open 1,000
 * of a known customer gives 1,000 to the target and 500 to the customer.
 */
export function divide(
  amountCents: Cents,
  target: AllocationTarget,
  how: 'exact' | 'forgiving',
): AllocationPart[] {
  if (target.state === 'settled') return [{ to: 'desk', amountCents, reason: 'double' }];
  if (target.state === 'closed') return [{ to: 'desk', amountCents, reason: 'late' }];
  const { openCents } = target;
  if (openCents === null || openCents === amountCents) {
    return [{ to: 'target', amountCents, reason: how }];
  }
  if (openCents <= 0) return [{ to: 'desk', amountCents, reason: 'double' }];
  if (amountCents < openCents) return [{ to: 'target', amountCents, reason: 'under' }];
  const rest = subtract(amountCents, openCents);
  return [
    { to: 'target', amountCents: openCents, reason: how },
    { to: target.hasCustomer ? 'customer' : 'desk', amountCents: rest, reason: 'over' },
  ];
}

/**
 * What a paid push brings to its link, and what of it is kept for the customer, in cents; together they
 * are what was paid. Where no customer is known there is nobody to keep it for: the link has it all.
 * Example: 1,500 for a link that still asked for 400 of a known customer is 400 and 1,100.
 */
export function divideOfPush(
  amountCents: Cents,
  target: AllocationTarget,
): { linkCents: Cents; keptCents: Cents } {
  if (!target.hasCustomer) return { linkCents: amountCents, keptCents: zero };
  const forLink = divide(amountCents, target, 'exact').filter(({ to }) => to === 'target');
  const linkCents = sum(forLink.map((part) => part.amountCents));
  return { linkCents, keptCents: subtract(amountCents, linkCents) };
}
