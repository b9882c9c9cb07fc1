/** What may be shown of a callback: money and codes, numbers masked, names left out. */
import type { Cents } from '../money.ts';
import { parseC2bPayment, parseResult, parseStkCallback } from './callbacks.ts';
import { maskMsisdn } from './msisdn.ts';
import { payoutFacts } from './results.ts';

export interface ShownCallback {
  resultCode: string | null;
  receipt: string | null;
  amountCents: Cents | null;
  msisdnMasked: string | null;
  accountReference: string | null;
}

const nothing: ShownCallback = {
  resultCode: null,
  receipt: null,
  amountCents: null,
  msisdnMasked: null,
  accountReference: null,
};

/** Reads a body of any kind as far as it goes; what is no callback shows nothing. */
export function showCallback(body: unknown): ShownCallback {
  const stk = parseStkCallback(body);
  if (stk.ok) {
    const { resultCode, receipt = null, amountCents = null, msisdn } = stk.value;
    const msisdnMasked = msisdn === undefined ? null : maskMsisdn(msisdn);
    return { ...nothing, resultCode, receipt, amountCents, msisdnMasked };
  }
  const result = parseResult(body);
  if (result.ok) {
    const { resultCode, receipt = null } = result.value;
    return {
      ...{ ...nothing, resultCode, receipt },
      amountCents: payoutFacts(result.value).amountCents ?? null,
    };
  }
  const payment = parseC2bPayment(body);
  if (!payment.ok) return nothing;
  const { receipt, amountCents, msisdn, accountReference } = payment.value;
  // What payers type may be a number of their own, or a name; its length says enough here.
  const reference =
    accountReference.length > 20 ? `${accountReference.slice(0, 20)}…` : accountReference;
  const isNumber = /\d{9}/.test(reference);
  return {
    ...{ resultCode: null, receipt, amountCents, msisdnMasked: maskMsisdn(msisdn) },
    accountReference: isNumber ? maskMsisdn(reference) : reference,
  };
}
