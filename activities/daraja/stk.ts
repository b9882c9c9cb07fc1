/** M-PESA Express: the prompt on the payer's phone, and what became of it. */
import { z } from 'zod';
import type { ShortcodeCredentials } from '../../db/shortcodes.ts';
import { toShillings } from '../../domain/daraja/amounts.ts';
import { meaningOf } from '../../domain/daraja/result-codes.ts';
import { darajaTimestamp } from '../../domain/daraja/timestamps.ts';
import type { Cents } from '../../domain/money.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import type { Answer } from './answer.ts';
import { call, looseText, readBy, type CallDependencies } from './call.ts';

export interface StkPush {
  /** Whole shillings. */
  amountCents: Cents;
  msisdn: string;
  /** Up to 12 characters, shown in the prompt. */
  accountReference: string;
  /** Up to 13 characters. */
  description: string;
  callbackUrl: string;
}

export interface StkAccepted {
  merchantRequestId: string;
  checkoutRequestId: string;
  customerMessage: string;
}

export interface StkState {
  /** `pending` also stands for codes nobody documented: ask again. */
  outcome: 'paid' | 'failed' | 'pending';
  code: string;
  description: string;
}

const accepted = z.object({
  MerchantRequestID: z.string().min(1),
  CheckoutRequestID: z.string().min(1),
  ResponseCode: looseText,
  CustomerMessage: z.string().optional().default(''),
});

/** Sends the prompt. There is no idempotency on Daraja's side: never send it twice. */
export function stkPush(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  push: StkPush,
): Promise<Answer<StkAccepted>> {
  const isTill = cred.kind === 'till';
  return call(deps, cred, {
    api: 'stk-push',
    path: '/mpesa/stkpush/v1/processrequest',
    body: {
      ...signature(deps, cred),
      TransactionType: isTill ? 'CustomerBuyGoodsOnline' : 'CustomerPayBillOnline',
      Amount: toShillings(push.amountCents),
      PartyA: push.msisdn,
      PartyB: cred.number,
      PhoneNumber: push.msisdn,
      CallBackURL: push.callbackUrl,
      AccountReference: push.accountReference,
      TransactionDesc: push.description,
    },
    read: readBy(accepted, (body) => ({
      merchantRequestId: body.MerchantRequestID,
      checkoutRequestId: body.CheckoutRequestID,
      customerMessage: body.CustomerMessage,
    })),
  });
}

const state = z.object({ ResultCode: looseText, ResultDesc: z.string().optional().default('') });

/** Asks what became of a prompt. A success tells neither receipt nor amount. */
export function stkQuery(
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  { checkoutRequestId }: { checkoutRequestId: string },
): Promise<Answer<StkState>> {
  return call(deps, cred, {
    api: 'stk-query',
    path: '/mpesa/stkpushquery/v1/query',
    body: { ...signature(deps, cred), CheckoutRequestID: checkoutRequestId },
    read: readBy(state, (body) => ({
      outcome: outcomeOf(body.ResultCode),
      code: body.ResultCode,
      description: body.ResultDesc,
    })),
    readError: ({ code, message }) =>
      code === '500.001.1001' && /being processed/i.test(message)
        ? { kind: 'accepted', value: { outcome: 'pending', code, description: message } }
        : undefined,
  });
}

function outcomeOf(code: string): StkState['outcome'] {
  const { status } = meaningOf('stk', code);
  return status === 'paid' || status === 'failed' ? status : 'pending';
}

/** Password and timestamp belong together: the very same text is in both. */
function signature(deps: CallDependencies, cred: ShortcodeCredentials) {
  const shortcode = cred.storeNumber ?? cred.number;
  const timestamp = darajaTimestamp(instantFromEpochMs(deps.nowMs()));
  const password = Buffer.from(`${shortcode}${cred.passkey}${timestamp}`).toString('base64');
  return { BusinessShortCode: shortcode, Password: password, Timestamp: timestamp };
}
