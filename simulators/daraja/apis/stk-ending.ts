/** How a push ends: money moves or not, and the callback says so, or something else. */
import { close } from '../book/entries.ts';
import { takePayment } from '../book/payments.ts';
import { sendCallback } from '../callbacks.ts';
import type { Effect, EffectOf } from '../faults/effects.ts';
import { placeholderReceipt } from '../random.ts';
import { codeOnTheWire, describeResult } from '../results.ts';
import type { Entry, Organisation } from '../terms.ts';
import { compactTime } from '../times.ts';
import { doAll } from '../world.ts';
import type { World } from '../world.ts';
import { confirm } from './c2b-callbacks.ts';

export interface Push {
  entry: Entry;
  organisation: Organisation;
  callbackUrl: string;
  effects: readonly Effect[];
  /** What the rules do to the C2B confirmation of the same payment. */
  confirmation: readonly Effect[];
}

/** Ends the push: "0" tries to move the money, any other code refuses it. */
export async function endPush(world: World, push: Push, wanted: string): Promise<void> {
  const { entry, organisation } = push;
  // The provider never comes to an end with it: no callback, and the query says pending for ever.
  if (wanted === '4999') return;
  const code = wanted === '0' ? takePayment(world, entry, organisation) : wanted;
  close(world, entry, code);
  await report(world, push, code);
}

async function report(world: World, push: Push, code: string): Promise<void> {
  const { entry, organisation, callbackUrl: url, effects, confirmation } = push;
  const callback = { api: 'stk-push', url, effects, entry } as const;
  const body = stkCallback(world, entry, code);
  const successBody = stkCallback(world, entry, '0');
  await doAll(world, [
    () => sendCallback(world, { ...callback, body, successBody }),
    async () => {
      if (code === '0') await confirm(world, { entry, organisation, effects: confirmation });
    },
  ]);
}

/** Reports a failure first; later the payment happens after all and is reported too. */
export async function failThenPay(
  world: World,
  push: Push,
  { code = '1037', afterMs = 30_000 }: EffectOf<'success-after-failure'>,
): Promise<void> {
  const { entry, callbackUrl: url, effects } = push;
  close(world, entry, code);
  world.clock.after(afterMs, async () => {
    entry.completedAt = null;
    await endPush(world, push, '0');
  });
  const body = stkCallback(world, entry, code);
  await sendCallback(world, { api: 'stk-push', url, effects, entry, body });
}

/** The body of the callback for a result code. */
export function stkCallback(world: World, entry: Entry, code: string): unknown {
  const at = entry.completedAt ?? world.clock.now();
  const metadata = {
    CallbackMetadata: {
      Item: [
        { Name: 'Amount', Value: entry.amountCents / 100 },
        { Name: 'MpesaReceiptNumber', Value: entry.receipt ?? placeholderReceipt(at) },
        { Name: 'Balance' },
        { Name: 'TransactionDate', Value: Number(compactTime(at)) },
        { Name: 'PhoneNumber', Value: Number(entry.msisdn) },
      ],
    },
  };
  return {
    Body: {
      stkCallback: {
        MerchantRequestID: entry.merchantRequestId,
        CheckoutRequestID: entry.checkoutRequestId,
        ResultCode: codeOnTheWire(code),
        ResultDesc: describeResult(code),
        ...(code === '0' && metadata),
      },
    },
  };
}
