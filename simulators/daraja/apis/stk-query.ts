/** Asks what became of a push. Its answer never has a receipt. */
import { findOrganisation } from '../book/book.ts';
import { findEntry } from '../book/entries.ts';
import { effectOf } from '../faults/effects.ts';
import { invalidField, ok, refusal } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import { firstInvalid, isShortcode, textOr } from '../http/fields.ts';
import { describeResult } from '../results.ts';
import type { Entry } from '../terms.ts';
import { isCompactTime } from '../times.ts';
import type { World } from '../world.ts';
import { merchantProblem } from './stk-push.ts';

export function stkQuery(world: World, call: Call): Answer {
  const invalid = firstInvalid(call.body, [
    ['BusinessShortCode', isShortcode],
    ['Password', (value) => value !== ''],
    ['Timestamp', isCompactTime],
    ['CheckoutRequestID', (value) => value.length > 5],
  ]);
  if (invalid !== undefined) return invalidField(call, invalid);
  const organisation = findOrganisation(world.book, textOr(call.body, 'BusinessShortCode'));
  const denied = merchantProblem(call, organisation);
  if (denied !== undefined) return denied;
  const entry = findEntry(world.book, textOr(call.body, 'CheckoutRequestID'));
  if (entry === undefined || entry.shortcode !== organisation?.number) {
    const message = 'The transaction does not exist';
    return refusal(call.random, { status: 500, code: '500.001.1001', message });
  }
  const ruled = effectOf(call.effects, 'result')?.code;
  const code = ruled ?? (entry.status === 'pending' ? '4999' : (entry.resultCode ?? '4999'));
  if (code === '4999' && isSaidByError(world, call)) return stillProcessing(entry);
  return ok({
    ResponseCode: '0',
    ResponseDescription: 'The service request has been accepted successfully',
    MerchantRequestID: entry.merchantRequestId,
    CheckoutRequestID: entry.checkoutRequestId,
    ResultCode: code,
    ResultDesc: describeResult(code),
  });
}

function isSaidByError({ settings }: World, call: Call): boolean {
  const form = effectOf(call.effects, 'pending')?.as ?? settings.pendingForm;
  return form === '500' || (form === 'mixed' && call.sequence % 2 === 0);
}

function stillProcessing({ checkoutRequestId }: Entry): Answer {
  return {
    status: 500,
    body: {
      requestId: checkoutRequestId,
      errorCode: '500.001.1001',
      errorMessage: 'The transaction is being processed',
    },
  };
}
