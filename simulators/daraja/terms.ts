/** The words of the twin: who has accounts, what is asked of it and what it writes down. */
import type { Cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import type { Biller } from './apis/bill-manager.ts';

/** Everything a rule can be about: the calls into the twin, and the C2B calls it makes itself. */
export type Api =
  | 'oauth'
  | 'stk-push'
  | 'stk-query'
  | 'c2b-register'
  | 'c2b-pay'
  | 'c2b-validation'
  | 'c2b-confirmation'
  | 'b2c'
  | 'b2pochi'
  | 'b2b'
  | 'b2b-express'
  | 'tax'
  | 'transaction-status'
  | 'account-balance'
  | 'reversal'
  | 'pull-register'
  | 'pull'
  | 'qr'
  | 'ratiba'
  | 'bill-manager';

export type AccountName =
  | 'Working Account'
  | 'Float Account'
  | 'Utility Account'
  | 'Merchant Account'
  | 'Charges Paid Account'
  | 'Organization Settlement Account';

/** Who pays the pay bill charge: the payer, the business, or both by the Mgao table. */
export type Bouquet = 'customer-pays' | 'business-pays' | 'mgao';

export interface Initiator {
  name: string;
  password: string;
  /** Wrong passwords in a row; at three the initiator is locked. */
  failures: number;
}

export interface RegisteredUrls {
  responseType: 'Completed' | 'Cancelled';
  confirmationUrl: string;
  validationUrl: string;
  version: 1 | 2;
}

export interface Organisation {
  /** The pay bill or till number payers type. */
  number: string;
  kind: 'paybill' | 'till';
  /** The store (head office) number of a till: what API calls name. */
  storeNumber: string | null;
  name: string;
  passkey: string;
  consumerKey: string;
  consumerSecret: string;
  initiators: Initiator[];
  bouquet: Bouquet;
  hasExternalValidation: boolean;
  maxBalanceCents: Cents;
  /** The API products of its app; undefined means all of them. */
  products: readonly Api[] | undefined;
  urls: RegisteredUrls | undefined;
  pull: { nominatedNumber: string; callbackUrl: string } | undefined;
  bills: Biller | undefined;
}

export interface Customer {
  msisdn: string;
  /** First, middle and last name, upper case. */
  name: string;
  pin: string;
  pinFailures: number;
  dailyLimitCents: Cents;
  maxBalanceCents: Cents;
  isRegistered: boolean;
  hasPochi: boolean;
}

export type EntryKind =
  | 'stk'
  | 'c2b'
  | 'b2c'
  | 'b2pochi'
  | 'b2b'
  | 'b2b-express'
  | 'tax'
  | 'transfer'
  | 'reversal'
  | 'standing-order';

export type EntryStatus = 'pending' | 'completed' | 'cancelled' | 'declined' | 'expired';

/** One movement of money, wanted or made. */
export interface Entry {
  /** The order in which the twin was asked. */
  sequence: number;
  kind: EntryKind;
  commandId: string;
  shortcode: string;
  /** The other organisation of a B2B payment. */
  otherShortcode: string | null;
  msisdn: string | null;
  amountCents: Cents;
  payerChargeCents: Cents;
  businessChargeCents: Cents;
  accountReference: string;
  remarks: string;
  status: EntryStatus;
  resultCode: string | null;
  resultDesc: string | null;
  receipt: string | null;
  initiatedAt: Instant;
  completedAt: Instant | null;
  conversationId: string | null;
  originatorConversationId: string | null;
  merchantRequestId: string | null;
  checkoutRequestId: string | null;
  /** The receipt of the payment a reversal undoes, and on that payment the receipt of its reversal. */
  reverses: string | null;
  reversedBy: string | null;
  callbacks: SentCallback[];
}

export interface SentCallback {
  api: Api;
  at: Instant;
  /** The receiver's status, or why there is none. */
  answer: number | string;
  isGenuine: boolean;
}

/** An open question on a customer's phone. */
export interface Prompt {
  msisdn: string;
  shortcode: string;
  organisationName: string;
  amountCents: Cents;
  accountReference: string;
  checkoutRequestId: string;
  shownAt: Instant;
}

export type PhoneAction = 'pin' | 'cancel' | 'ignore' | 'wrong-pin' | 'ask';
