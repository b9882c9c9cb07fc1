/**
 * Reads what Daraja posts to the address of bills: payments of Bill Manager, the end of a prompt to
 * another business (B2B Express), and what a customer said to a standing order. Three shapes, one
 * address; what fits none is unreadable.
 */
import { refused, type Outcome } from '../refusal.ts';
import type { Cents } from '../money.ts';
import type { Instant } from '../time.ts';
import { parseMovedAmount } from './amounts.ts';
import { fieldOf, recordOf, textOf } from './callback-fields.ts';
import { parseReceipt, type UnreadableCause } from './callbacks.ts';
import { codeText } from './result-codes.ts';
import { parseDarajaTime } from './timestamps.ts';

export interface BillMoney {
  kind: 'payment';
  /** How it came, as it is kept beside the payment. */
  channel: 'Bill Manager' | 'B2B Express';
  receipt: string;
  amountCents: Cents;
  paidAt: Instant | undefined;
  /** Empty when the message names no payer, as for businesses. */
  msisdn: string;
  accountReference: string;
  /** The receiving shortcode; B2B Express leaves it out. */
  shortcode: string | undefined;
}

export type BillCallback =
  | BillMoney
  /** A business declined a prompt, or a customer a standing order: no money moved. */
  | { kind: 'declined'; channel: 'B2B Express' | 'standing order'; code: string }
  /** A customer agreed to payments that repeat; each of them is confirmed like any payment. */
  | { kind: 'agreed'; code: string };

export function parseBillCallback(body: unknown): Outcome<BillCallback, UnreadableCause> {
  const message = recordOf(body);
  if (message === undefined) return unreadable();
  const header = recordOf(fieldOf(message, 'ResponseHeader'));
  if (header !== undefined) return parseStandingOrder(header);
  if (fieldOf(message, 'resultCode') !== undefined) return parseExpress(message);
  return parseBill(message);
}

function parseStandingOrder(header: Readonly<Record<string, unknown>>) {
  const code = codeText(fieldOf(header, 'responseCode'));
  if (code === undefined) return unreadable();
  if (code === '0' || code === '200') return value({ kind: 'agreed', code });
  return value({ kind: 'declined', channel: 'standing order', code });
}

function parseExpress(message: Readonly<Record<string, unknown>>) {
  const code = codeText(message['resultCode']);
  if (code === undefined || textOf(message['requestId']) === undefined) return unreadable();
  if (code !== '0') return value({ kind: 'declined', channel: 'B2B Express', code });
  const accountReference = textOf(message['paymentReference']) ?? '';
  return parseMoney(message['transactionId'], message['amount'], {
    ...{ channel: 'B2B Express', accountReference, paidAt: undefined, msisdn: '' },
    shortcode: undefined,
  });
}

function parseBill(message: Readonly<Record<string, unknown>>) {
  const text = (name: string) => textOf(message[name]) ?? '';
  const shortcode = text('shortCode');
  if (shortcode === '') return unreadable();
  return parseMoney(message['transactionId'], message['paidAmount'], {
    ...{ channel: 'Bill Manager', accountReference: text('accountReference'), shortcode },
    ...{ paidAt: parseDarajaTime(message['dateCreated']), msisdn: text('msisdn') },
  });
}

function parseMoney(
  givenReceipt: unknown,
  givenAmount: unknown,
  rest: Omit<BillMoney, 'kind' | 'receipt' | 'amountCents'>,
): Outcome<BillCallback, UnreadableCause> {
  const receipt = parseReceipt(givenReceipt);
  if (receipt === undefined) return refused('no-receipt', 'A success without a receipt.');
  const amountCents = parseMovedAmount(givenAmount);
  if (amountCents === undefined) {
    return refused('amount-unreadable', 'The amount of a success cannot be read.');
  }
  return value({ kind: 'payment', receipt, amountCents, ...rest });
}

function value(parsed: BillCallback): { ok: true; value: BillCallback } {
  return { ok: true, value: parsed };
}

function unreadable() {
  return refused('unreadable', 'The body is not the message its address is for.');
}
