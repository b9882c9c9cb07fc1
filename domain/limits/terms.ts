/**
 * Limits on money out. Whoever is refused is told which limit refused, how much of it is used and
 * what is left. A day is a calendar day in Nairobi.
 */
import { cents, type Cents } from '../money.ts';
import type { BusinessDate } from '../time.ts';

export const limitKinds = [
  /** The most one payout may be. */
  'per-transaction',
  /** All payouts of a day. */
  'per-day',
  /** All payouts of a calendar month. */
  'per-month',
  /** All payouts of a day to one payee. */
  'payee-day',
  /** From above this amount a second person has to agree. */
  'approval-above',
] as const;
export type LimitKind = (typeof limitKinds)[number];

export type Tier = 'starter' | 'pro' | 'enterprise';

const shillings = (n: number): Cents => cents(n * 100);

/** What M-PESA allows whatever the tenant wants: one transfer, and one customer's day. */
export const providerMaxima = {
  'per-transaction': shillings(250_000),
  'payee-day': shillings(500_000),
} as const satisfies Partial<Record<LimitKind, Cents>>;

/** The smallest payout to a phone. */
export const payoutMinimum: Cents = shillings(10);

/** Limits of a tenant that set none. */
export const tierLimits: Readonly<Record<Tier, Readonly<Record<LimitKind, Cents>>>> = {
  starter: {
    'per-transaction': shillings(70_000),
    'per-day': shillings(300_000),
    'per-month': shillings(3_000_000),
    'payee-day': shillings(150_000),
    'approval-above': shillings(10_000),
  },
  pro: {
    'per-transaction': shillings(250_000),
    'per-day': shillings(3_000_000),
    'per-month': shillings(30_000_000),
    'payee-day': shillings(500_000),
    'approval-above': shillings(10_000),
  },
  enterprise: {
    'per-transaction': shillings(250_000),
    'per-day': shillings(30_000_000),
    'per-month': shillings(300_000_000),
    'payee-day': shillings(500_000),
    'approval-above': shillings(10_000),
  },
};

/** A limit a tenant set; null as expiry means until it is replaced. */
export interface LimitSetting {
  kind: LimitKind;
  amountCents: Cents;
  /** Business dates, half open. */
  effectiveFrom: BusinessDate;
  expiresOn: BusinessDate | null;
}

export type Limits = Readonly<Record<LimitKind, Cents>>;
