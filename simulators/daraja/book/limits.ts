/** The published limits of 2025, in cents. */
import { cents } from '../../../domain/money.ts';

export const limits = {
  /** Most that one transaction may move. */
  perTransactionCents: cents(250_000_00),
  /** Most that a customer may send and receive on one Nairobi day. */
  perDayCents: cents(500_000_00),
  /** Most that a customer's account may hold. */
  walletCents: cents(500_000_00),
  /** Least that a business may pay out to a customer. */
  payoutCents: cents(10_00),
} as const;
