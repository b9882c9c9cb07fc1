/** How the twin behaves where no rule says otherwise. Every value can be changed while it runs. */
import { cents } from '../../domain/money.ts';
import type { Cents } from '../../domain/money.ts';
import type { PhoneAction } from './terms.ts';

export interface Settings {
  /** Every answer waits this long, in real milliseconds. */
  latencyMs: number;
  /** What customers do with a prompt, and when. */
  phone: { action: PhoneAction; afterMs: number };
  /** How long a prompt stays on the phone. */
  promptMs: number;
  /** How long payouts, queries and reversals take. */
  resultAfterMs: number;
  tokenLifetimeMs: number;
  /** An equal amount from the same phone to the same shortcode within this time is refused with 17. */
  repeatWindowMs: number;
  /** Valid numbers that nobody has named yet become customers on first use. */
  enrolsCustomers: boolean;
  openingBalanceCents: Cents;
  /** Whether the magic amounts and phone numbers work. */
  hasMagic: boolean;
  /** How the status query says that a payment is pending; mixed alternates. */
  pendingForm: 'mixed' | '500' | '4999';
  /** Whether a wrong security credential is refused at once or, as usual, in the result. */
  credentialCheck: 'late' | 'immediate';
  /** Production refuses callback URLs that are not HTTPS, and a second C2B registration. */
  environment: 'sandbox' | 'production';
  /** The result code of a status query about what never was; the provider also says 2032. */
  notFoundCode: string;
  /** How long a validation URL may take. */
  validationMs: number;
  /** How long a callback's receiver may take. */
  callbackTimeoutMs: number;
  /** Waits before a callback is tried again; account balances never are, bills always five times. */
  callbackRetriesMs: readonly number[];
  /** How long a request that is never answered keeps its connection, in real milliseconds. */
  holdMs: number;
}

export const usualSettings: Settings = {
  latencyMs: 0,
  phone: { action: 'pin', afterMs: 1_000 },
  promptMs: 60_000,
  resultAfterMs: 1_000,
  tokenLifetimeMs: 3_600_000,
  repeatWindowMs: 120_000,
  enrolsCustomers: true,
  openingBalanceCents: cents(300_000_00),
  hasMagic: true,
  pendingForm: 'mixed',
  credentialCheck: 'late',
  environment: 'sandbox',
  notFoundCode: 'R000002',
  validationMs: 8_000,
  callbackTimeoutMs: 10_000,
  callbackRetriesMs: [5_000, 20_000],
  holdMs: 120_000,
};
