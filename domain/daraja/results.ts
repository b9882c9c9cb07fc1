/** What the parameters of a result say, by kind of request; all of it is optional on the wire. */
import type { Cents } from '../money.ts';
import { sum } from '../money.ts';
import { refused, type Outcome } from '../refusal.ts';
import type { Instant } from '../time.ts';
import { parseMovedAmount, parseSignedAmount } from './amounts.ts';
import { parseReceipt, type DarajaResult, type UnreadableCause } from './callbacks.ts';
import { fieldOf, recordOf, textOf } from './callback-fields.ts';
import { codeText } from './result-codes.ts';
import { parseDarajaTime } from './timestamps.ts';

export interface PayoutFacts {
  amountCents: Cents | undefined;
  completedAt: Instant | undefined;
  /** `254712345678 - WANJIKU N DOE`: number and name as M-PESA has them. */
  recipient: string | undefined;
  utilityCents: Cents | undefined;
  workingCents: Cents | undefined;
  chargesCents: Cents | undefined;
  isRecipientRegistered: boolean | undefined;
}

/** Of a B2C or B2B result. */
export function payoutFacts({ parameters }: DarajaResult): PayoutFacts {
  const registered = parameters.get('B2CRecipientIsRegisteredCustomer');
  return {
    amountCents: parseMovedAmount(parameters.get('TransactionAmount') ?? parameters.get('Amount')),
    completedAt: parseDarajaTime(
      parameters.get('TransactionCompletedDateTime') ?? parameters.get('TransCompletedTime'),
    ),
    recipient: textOf(parameters.get('ReceiverPartyPublicName')),
    utilityCents: parseSignedAmount(parameters.get('B2CUtilityAccountAvailableFunds')),
    workingCents: parseSignedAmount(parameters.get('B2CWorkingAccountAvailableFunds')),
    chargesCents: parseSignedAmount(parameters.get('B2CChargesPaidAccountAvailableFunds')),
    isRecipientRegistered: registered === undefined ? undefined : registered === 'Y',
  };
}

export type TransactionFate = 'completed' | 'failed' | 'pending' | 'unknown';

export interface StatusFacts {
  /** The fate of the payment asked about, which the outer result code does not tell. */
  fate: TransactionFate;
  receipt: string | undefined;
  amountCents: Cents | undefined;
  finalisedAt: Instant | undefined;
  originatorConversationId: string | undefined;
  debitParty: string | undefined;
  creditParty: string | undefined;
  chargeCents: Cents | undefined;
}

const fates: Readonly<Record<string, TransactionFate>> = {
  completed: 'completed',
  cancelled: 'failed',
  declined: 'failed',
  expired: 'failed',
  initiated: 'pending',
  authorized: 'pending',
  'pending authorized': 'pending',
};

/** Of a transaction status result with code 0. */
export function statusFacts({ parameters }: DarajaResult): StatusFacts {
  const status = textOf(parameters.get('TransactionStatus'))?.trim().toLowerCase() ?? '';
  const charge = textOf(parameters.get('DebitPartyCharges'))?.split('|').at(-1);
  return {
    fate: fates[status] ?? 'unknown',
    receipt: parseReceipt(parameters.get('ReceiptNo')),
    amountCents: parseMovedAmount(parameters.get('Amount')),
    finalisedAt: parseDarajaTime(parameters.get('FinalisedTime')),
    originatorConversationId: textOf(parameters.get('OriginatorConversationID')),
    debitParty: textOf(parameters.get('DebitPartyName')),
    creditParty: textOf(parameters.get('CreditPartyName') ?? parameters.get('DebitPartyName (2)')),
    chargeCents: parseSignedAmount(charge),
  };
}

export interface DarajaAccount {
  /** As Daraja names it: `Utility Account`, `Working Account`, `Merchant Account` … */
  name: string;
  currentCents: Cents;
  availableCents: Cents;
  reservedCents: Cents;
  unclearedCents: Cents;
}

/**
 * `name|KES|current|available|reserved|uncleared` joined by `&`. Undefined when any of it cannot be
 * read: half a balance is worse than none.
 */
export function parseAccountBalances(text: unknown): DarajaAccount[] | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const accounts = text.split('&').map(parseAccount);
  return accounts.every((account) => account !== undefined) ? accounts : undefined;
}

function parseAccount(text: string): DarajaAccount | undefined {
  const [name = '', currency, ...figures] = text.split('|');
  const [current, available, reserved, uncleared] = figures.slice(0, 4).map(parseSignedAmount);
  if (name === '' || currency !== 'KES' || current === undefined) return undefined;
  if (available === undefined || reserved === undefined || uncleared === undefined) {
    return undefined;
  }
  return {
    name,
    currentCents: current,
    availableCents: available,
    reservedCents: reserved,
    unclearedCents: uncleared,
  };
}

/** What may be paid out now: only money in the Utility account counts for B2C. */
export function utilityAvailableCents(accounts: readonly DarajaAccount[]): Cents {
  const utility = accounts.filter(({ name }) => /^utility account$/i.test(name));
  return sum(utility.map(({ availableCents }) => availableCents));
}

export interface ExpressCallback {
  resultCode: string;
  requestId: string;
  receipt: string | undefined;
  amountCents: Cents | undefined;
}

/** The flat callback of a B2B Express prompt. */
export function parseExpressCallback(body: unknown): Outcome<ExpressCallback, UnreadableCause> {
  const callback = recordOf(body);
  const resultCode = codeText(callback?.['resultCode']);
  const requestId = textOf(callback?.['requestId']);
  if (callback === undefined || resultCode === undefined || requestId === undefined) {
    return refused('unreadable', 'The body is not the callback of a prompt.');
  }
  const receipt = resultCode === '0' ? parseReceipt(callback['transactionId']) : undefined;
  const amountCents = parseMovedAmount(callback['amount']);
  return { ok: true, value: { resultCode, requestId, receipt, amountCents } };
}

export interface StandingOrderCallback {
  responseCode: string;
  responseReference: string | undefined;
  receipt: string | undefined;
  status: string | undefined;
}

/** The callback of a standing order: capitals on failure, none on success. */
export function parseStandingOrderCallback(
  body: unknown,
): Outcome<StandingOrderCallback, UnreadableCause> {
  const header = recordOf(fieldOf(recordOf(body), 'responseHeader'));
  const data = fieldOf(recordOf(fieldOf(recordOf(body), 'responseBody')), 'responseData');
  const items = new Map<string, unknown>();
  for (const entry of Array.isArray(data) ? data : []) {
    const name = textOf(fieldOf(recordOf(entry), 'name'))?.toLowerCase();
    if (name !== undefined) items.set(name, fieldOf(recordOf(entry), 'value'));
  }
  const responseCode = codeText(items.get('responsecode') ?? fieldOf(header, 'responseCode'));
  if (header === undefined || responseCode === undefined) {
    return refused('unreadable', 'The body is not the callback of a standing order.');
  }
  return {
    ok: true,
    value: {
      responseCode,
      responseReference: textOf(fieldOf(header, 'responseRefID')),
      receipt: parseReceipt(items.get('transactionid')),
      status: textOf(items.get('status')),
    },
  };
}

export interface BillPayment {
  receipt: string;
  amountCents: Cents;
  msisdn: string;
  accountReference: string;
  shortcode: string;
  paidAt: Instant | undefined;
}

/** A payment pushed by Bill Manager, which tries five times. */
export function parseBillPayment(body: unknown): Outcome<BillPayment, UnreadableCause> {
  const payment = recordOf(body);
  const receipt = parseReceipt(payment?.['transactionId']);
  const shortcode = textOf(payment?.['shortCode']);
  if (payment === undefined || receipt === undefined || shortcode === undefined) {
    return refused('unreadable', 'The body is not a payment of Bill Manager.');
  }
  const amountCents = parseMovedAmount(payment['paidAmount']);
  if (amountCents === undefined) {
    return refused('amount-unreadable', 'The amount cannot be read.');
  }
  const text = (name: string) => textOf(payment[name]) ?? '';
  return {
    ok: true,
    value: {
      ...{ receipt, amountCents, shortcode },
      msisdn: text('msisdn'),
      accountReference: text('accountReference'),
      paidAt: parseDarajaTime(payment['dateCreated']),
    },
  };
}
