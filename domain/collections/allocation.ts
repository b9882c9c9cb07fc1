/** Where an arriving amount goes. Too much, too little, twice and too late each have one end. */
import { subtract, type Cents } from '../money.ts';
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
