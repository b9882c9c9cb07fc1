/** Payments customers start themselves: where their notices go, and reading them back. */
import { z } from 'zod';
import type { ShortcodeCredentials } from '../../db/shortcodes.ts';
import { maskCardNumbers } from '../../domain/card-number.ts';
import { parseMovedAmount, toShillings } from '../../domain/daraja/amounts.ts';
import { darajaPullTime, parseDarajaTime } from '../../domain/daraja/timestamps.ts';
import type { Cents } from '../../domain/money.ts';
import type { Instant } from '../../domain/time.ts';
import type { Answer } from './answer.ts';
import { call, looseText, readBy, type CallDependencies } from './call.ts';

export interface C2bUrls {
  confirmationUrl: string;
  validationUrl: string;
  /** What M-PESA does when our validation does not answer in time. */
  whenUnreachable: 'accept' | 'reject';
  version?: 1 | 2;
}

const acknowledged = z.object({
  ResponseCode: looseText,
  ResponseDescription: z.string().optional().default(''),
});

/**
 * Tells Daraja where confirmations go. In production this works once; a second time is rejected
 * with `500.003.1001` and words that contain "already registered".
 */
export function registerUrls(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  urls: C2bUrls,
): Promise<Answer<{ description: string }>> {
  return call(deps, cred, {
    api: 'c2b-register',
    path: `/mpesa/c2b/v${urls.version ?? 2}/registerurl`,
    body: {
      ShortCode: cred.number,
      ResponseType: urls.whenUnreachable === 'accept' ? 'Completed' : 'Cancelled',
      ConfirmationURL: urls.confirmationUrl,
      ValidationURL: urls.validationUrl,
    },
    read: readBy(acknowledged, (body) => ({ description: body.ResponseDescription })),
  });
}

/** Plays a customer's payment; the sandbox and the twin only. */
export function simulateC2b(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  payment: { amountCents: Cents; msisdn: string; accountReference: string; version?: 1 | 2 },
): Promise<Answer<{ description: string }>> {
  const isTill = cred.kind === 'till';
  return call(deps, cred, {
    api: 'c2b-simulate',
    path: `/mpesa/c2b/v${payment.version ?? 2}/simulate`,
    body: {
      ShortCode: cred.number,
      CommandID: isTill ? 'CustomerBuyGoodsOnline' : 'CustomerPayBillOnline',
      Amount: toShillings(payment.amountCents),
      Msisdn: payment.msisdn,
      BillRefNumber: isTill ? null : payment.accountReference,
    },
    read: readBy(acknowledged, (body) => ({ description: body.ResponseDescription })),
  });
}

const pullCode = z.object({
  ResponseStatus: looseText.optional(),
  ResponseCode: looseText.optional(),
  ResponseDescription: z.string().optional().default(''),
});

/** Asks for the right to pull; once per shortcode. A second time counts as done. */
export function registerPull(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  pull: { nominatedMsisdn: string; callbackUrl: string },
): Promise<Answer<{ isNew: boolean }>> {
  return call(deps, cred, {
    api: 'pull-register',
    path: '/pulltransactions/v1/register',
    body: {
      ShortCode: cred.number,
      RequestType: 'Pull',
      NominatedNumber: pull.nominatedMsisdn,
      CallBackURL: pull.callbackUrl,
    },
    read: (body) => {
      const parsed = pullCode.safeParse(body);
      const code = parsed.data?.ResponseStatus ?? parsed.data?.ResponseCode;
      if (code !== '1000' && code !== '1001') return undefined;
      return { kind: 'accepted', value: { isNew: code === '1000' } };
    },
  });
}

export interface PulledPayment {
  receipt: string;
  paidAt: Instant | undefined;
  /** As the pull shows it, often without the country code. */
  msisdn: string;
  accountReference: string;
  amountCents: Cents;
  transactionType: string;
}

const pulledRow = z.object({
  transactionId: z.string().min(1),
  trxDate: z.string(),
  msisdn: looseText.optional().default(''),
  billreference: looseText.nullish(),
  amount: looseText,
  transactiontype: z.string().optional().default(''),
});
const pulled = z.object({
  ResponseCode: looseText,
  // A list inside a list; an empty answer is `[[]]`.
  Response: z.array(z.array(pulledRow)).optional().default([]),
});

/** One page of the payments of at most 48 hours; `offset` counts rows, the page is at most 100. */
export function pull(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  range: { from: Instant; to: Instant; offset: number },
): Promise<Answer<{ payments: PulledPayment[]; rowCount: number }>> {
  return call(deps, cred, {
    api: 'pull',
    path: '/pulltransactions/v1/query',
    body: {
      ShortCode: cred.number,
      StartDate: darajaPullTime(range.from),
      EndDate: darajaPullTime(range.to),
      OffSetValue: String(range.offset),
    },
    read: (body) => {
      const parsed = pulled.safeParse(body);
      if (!parsed.success || !['1000', '1001'].includes(parsed.data.ResponseCode)) return undefined;
      const rows = parsed.data.Response.flat();
      const payments = rows.map(toPayment);
      // A page with an amount nobody can read is not half believed.
      if (!payments.every((payment) => payment !== undefined)) return undefined;
      return { kind: 'accepted', value: { payments, rowCount: rows.length } };
    },
    // The documentation answers "nothing found" as an error.
    readError: ({ code, message }) =>
      code === '500' || /no transactions? found|none found/i.test(message)
        ? { kind: 'accepted', value: { payments: [], rowCount: 0 } }
        : undefined,
  });
}

function toPayment(row: z.output<typeof pulledRow>): PulledPayment | undefined {
  const amountCents = parseMovedAmount(row.amount);
  if (amountCents === undefined) return undefined;
  return {
    receipt: row.transactionId.toUpperCase(),
    paidAt: parseDarajaTime(row.trxDate),
    msisdn: row.msisdn,
    accountReference: maskCardNumbers(row.billreference ?? '').text,
    amountCents,
    transactionType: row.transactiontype,
  };
}
