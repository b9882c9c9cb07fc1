/** B2B Express: a USSD prompt to the owner of a till, who pays another business. */
import { findOrganisation, receivingAccount } from '../book/book.ts';
import { close, openEntry } from '../book/entries.ts';
import { transfer } from '../book/payments.ts';
import { sendCallback } from '../callbacks.ts';
import { effectOf } from '../faults/effects.ts';
import { carryOut, invalidField, ok } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import {
  centsOf,
  firstInvalid,
  isShortcode,
  isWholeShillings,
  lengthBetween,
  textOr,
  urlCheck,
} from '../http/fields.ts';
import { openPrompt } from '../phones.ts';
import { randomHex } from '../random.ts';
import { describeResult } from '../results.ts';
import type { Entry, Organisation } from '../terms.ts';
import { compactDate } from '../times.ts';
import type { World } from '../world.ts';

export async function b2bExpress(world: World, call: Call): Promise<Answer> {
  const invalid = firstInvalid(call.body, [
    ['primaryShortCode', isShortcode],
    ['receiverShortCode', isShortcode],
    ['amount', isWholeShillings],
    ['paymentRef', lengthBetween(1, 100)],
    ['callbackUrl', urlCheck(world.settings.environment)],
    ['partnerName', lengthBetween(1, 100)],
    ['RequestRefID', lengthBetween(1, 100)],
  ]);
  if (invalid !== undefined) return invalidField(call, invalid);
  const payer = findOrganisation(world.book, textOr(call.body, 'primaryShortCode'));
  if (payer === undefined) return invalidField(call, 'primaryShortCode');
  const payee = findOrganisation(world.book, textOr(call.body, 'receiverShortCode'));
  if (payee === undefined) return invalidField(call, 'receiverShortCode');
  const entry = openEntry(world, {
    sequence: call.sequence,
    kind: 'b2b-express',
    commandId: 'BusinessPayBill',
    shortcode: payer.number,
    otherShortcode: payee.number,
    amountCents: centsOf(call.body, 'amount'),
    accountReference: textOr(call.body, 'paymentRef'),
    conversationId: `AG_${compactDate(world.clock.now())}_2010${randomHex(call.random, 16)}`,
    originatorConversationId: textOr(call.body, 'RequestRefID'),
  });
  await ask(world, call, { entry, payer, payee });
  return ok({ code: '0', status: 'USSD Initiated Successfully' });
}

interface Deal {
  entry: Entry;
  payer: Organisation;
  payee: Organisation;
}

/** The phone of a business's owner: a number made from its shortcode. */
export function ownerPhone({ number }: Organisation): string {
  return `254700${number.slice(-6).padStart(6, '0')}`;
}

async function ask(world: World, call: Call, deal: Deal): Promise<void> {
  const { entry, payer } = deal;
  const prompt = openPrompt(world, {
    msisdn: ownerPhone(payer),
    entry,
    organisation: deal.payee,
    end: (code) => finish(world, call, { ...deal, code }),
    wanted: effectOf(call.effects, 'result')?.code,
  });
  const { action, afterMs = world.settings.phone.afterMs } =
    effectOf(call.effects, 'phone') ?? world.settings.phone;
  if (action === 'ask' || action === 'ignore') return;
  await carryOut(world, call, { afterMs, work: () => prompt.answer(action) });
}

/** The code of this API for a payment that its owner does not want. */
const cancelled = '4001';

async function finish(world: World, call: Call, deal: Deal & { code: string }): Promise<void> {
  const { entry, payer, payee } = deal;
  const movement = { from: receivingAccount(payer), to: receivingAccount(payee) };
  const code = deal.code === '0' ? transfer(world, entry, movement) : deal.code;
  close(world, entry, code);
  await sendCallback(world, {
    api: 'b2b-express',
    url: textOr(call.body, 'callbackUrl'),
    body: callbackBody(entry, code),
    effects: call.effects,
    entry,
  });
}

function callbackBody(entry: Entry, code: string): unknown {
  const amount = (entry.amountCents / 100).toFixed(1);
  const requestId = entry.originatorConversationId;
  if (code === '0') {
    return {
      resultCode: '0',
      resultDesc: describeResult('0'),
      amount,
      requestId,
      resultType: '0',
      conversationID: entry.conversationId,
      transactionId: entry.receipt,
      status: 'SUCCESS',
    };
  }
  const isCancelled = code === '1032' || code === '1037';
  return {
    resultCode: isCancelled ? cancelled : code,
    resultDesc: isCancelled ? 'User cancelled transaction' : describeResult(code),
    requestId,
    amount,
    paymentReference: entry.accountReference,
  };
}
