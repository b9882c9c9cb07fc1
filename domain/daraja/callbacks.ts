/**
 * Reads what Daraja posts to us. Bodies are evidence from an unsigned source: fields are looked up
 * by name, numbers may be text and lists may be single objects, and what cannot be read is named
 * as a cause and never guessed. Nothing here knows what was asked; comparing is the handler's work.
 */
import { refused, type Outcome } from '../refusal.ts';
import type { Cents } from '../money.ts';
import type { Instant } from '../time.ts';
import { parseMovedAmount, parseSignedAmount } from './amounts.ts';
import { namedItems, recordOf, textOf, type NamedItems } from './callback-fields.ts';
import { codeText } from './result-codes.ts';
import { parseDarajaTime } from './timestamps.ts';

/** Why a body is not the message its address promises. */
export type UnreadableCause = 'unreadable' | 'repeated-field' | 'amount-unreadable' | 'no-receipt';

export interface StkCallback {
  merchantRequestId: string;
  checkoutRequestId: string;
  resultCode: string;
  resultDescription: string;
  /** Of a success only. */
  amountCents: Cents | undefined;
  receipt: string | undefined;
  /** Undefined when the text names no moment; the time of arrival then stands in. */
  transactionAt: Instant | undefined;
  /** As shown: clear, masked or hashed. */
  msisdn: string | undefined;
}

export function parseStkCallback(body: unknown): Outcome<StkCallback, UnreadableCause> {
  const callback = recordOf(recordOf(recordOf(body)?.['Body'])?.['stkCallback']);
  const resultCode = codeText(callback?.['ResultCode']);
  const merchantRequestId = textOf(callback?.['MerchantRequestID']);
  const checkoutRequestId = textOf(callback?.['CheckoutRequestID']);
  if (resultCode === undefined || merchantRequestId === undefined) return unreadable();
  if (callback === undefined || checkoutRequestId === undefined) return unreadable();
  const items = namedItems(recordOf(callback['CallbackMetadata'])?.['Item'], 'Name');
  if (items === 'repeated') return refused('repeated-field', 'A field appears twice.');
  const common = {
    ...{ merchantRequestId, checkoutRequestId, resultCode },
    resultDescription: textOf(callback['ResultDesc']) ?? '',
  };
  const nothing = { amountCents: undefined, receipt: undefined, transactionAt: undefined };
  if (resultCode !== '0') return value({ ...common, ...nothing, msisdn: undefined });
  const amountCents = parseMovedAmount(items.get('Amount'));
  if (amountCents === undefined) return amountUnreadable();
  const receipt = parseReceipt(items.get('MpesaReceiptNumber'));
  if (receipt === undefined) return refused('no-receipt', 'A success without a receipt.');
  return value({
    ...{ ...common, amountCents, receipt },
    transactionAt: parseDarajaTime(items.get('TransactionDate')),
    msisdn: textOf(items.get('PhoneNumber')),
  });
}

export interface DarajaResult {
  resultCode: string;
  resultDescription: string;
  originatorConversationId: string;
  conversationId: string;
  /** Of a success only: failures carry placeholders. */
  receipt: string | undefined;
  /** Parameters by key, as they came; missing values are left out. */
  parameters: NamedItems;
  references: NamedItems;
}

/** The envelope of B2C, B2B, reversal, status and balance results, and of queue timeouts. */
export function parseResult(body: unknown): Outcome<DarajaResult, UnreadableCause> {
  const result = recordOf(recordOf(body)?.['Result']);
  const resultCode = codeText(result?.['ResultCode']);
  const originatorConversationId = textOf(result?.['OriginatorConversationID']);
  const conversationId = textOf(result?.['ConversationID']);
  if (result === undefined || resultCode === undefined) return unreadable();
  if (originatorConversationId === undefined || conversationId === undefined) return unreadable();
  const parameters = namedItems(
    recordOf(result['ResultParameters'])?.['ResultParameter'],
    'Key',
    // The status answer prints one name twice where it means debit and credit party.
    ['DebitPartyName'],
  );
  const references = namedItems(recordOf(result['ReferenceData'])?.['ReferenceItem'], 'Key');
  if (parameters === 'repeated' || references === 'repeated') {
    return refused('repeated-field', 'A field appears twice.');
  }
  return value({
    ...{ resultCode, originatorConversationId, conversationId, parameters, references },
    resultDescription: textOf(result['ResultDesc']) ?? '',
    receipt: resultCode === '0' ? parseReceipt(result['TransactionID']) : undefined,
  });
}

export interface C2bPayment {
  transactionType: string;
  receipt: string;
  paidAt: Instant | undefined;
  amountCents: Cents;
  shortcode: string;
  /** What the payer typed, untouched; empty for tills. */
  accountReference: string;
  /** Masked or hashed by M-PESA. */
  msisdn: string;
  /** Names as far as M-PESA gives them, joined by spaces. */
  payerName: string;
  /** The receiving account after the payment; confirmations only. */
  balanceCents: Cents | undefined;
  /** What our validation answered, echoed in the confirmation. */
  thirdPartyReference: string;
}

/** The body of C2B validation and confirmation, which is the same. */
export function parseC2bPayment(body: unknown): Outcome<C2bPayment, UnreadableCause> {
  const payment = recordOf(body);
  const receipt = parseReceipt(payment?.['TransID']);
  const shortcode = textOf(payment?.['BusinessShortCode']);
  if (payment === undefined || receipt === undefined || shortcode === undefined) {
    return unreadable();
  }
  const amountCents = parseMovedAmount(payment['TransAmount']);
  if (amountCents === undefined) return amountUnreadable();
  const text = (name: string) => textOf(payment[name]) ?? '';
  const names = ['FirstName', 'MiddleName', 'LastName'].map(text);
  return value({
    ...{ receipt, shortcode, amountCents },
    transactionType: text('TransactionType'),
    paidAt: parseDarajaTime(payment['TransTime']),
    accountReference: text('BillRefNumber'),
    msisdn: text('MSISDN'),
    payerName: names.filter((name) => name !== '').join(' '),
    balanceCents: parseSignedAmount(payment['OrgAccountBalance']),
    thirdPartyReference: text('ThirdPartyTransID'),
  });
}

const receiptPattern = /^[A-Z0-9]{8,12}$/;

/** A receipt in capitals, or undefined when the text is not one. */
export function parseReceipt(given: unknown): string | undefined {
  const text = textOf(given)?.trim().toUpperCase();
  return text !== undefined && receiptPattern.test(text) ? text : undefined;
}

/** Failures are given receipts like `UKE0000000`, which name no movement of money. */
export function isPlaceholderReceipt(receipt: string): boolean {
  return /0{6,}$/.test(receipt);
}

function value<Value>(parsed: Value): { ok: true; value: Value } {
  return { ok: true, value: parsed };
}

function unreadable() {
  return refused('unreadable', 'The body is not the message its address is for.');
}

function amountUnreadable() {
  return refused('amount-unreadable', 'The amount of a success cannot be read.');
}
