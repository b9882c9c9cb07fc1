/** M-PESA Express: a prompt on the payer's phone, and what comes of it. */
import { findOrganisation } from '../book/book.ts';
import { findEntry, openEntry } from '../book/entries.ts';
import { effectOf } from '../faults/effects.ts';
import type { Effect } from '../faults/effects.ts';
import { carryOut, invalidField, ok, refusal } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import {
  centsOf,
  firstInvalid,
  isMsisdn,
  isShortcode,
  isWholeShillings,
  lengthBetween,
  oneOf,
  text,
  textOr,
  urlCheck,
} from '../http/fields.ts';
import { openPrompt } from '../phones.ts';
import { randomRequestId } from '../random.ts';
import { describeResult } from '../results.ts';
import type { Entry, Organisation } from '../terms.ts';
import { checkoutTime, isCompactTime } from '../times.ts';
import type { World } from '../world.ts';
import { confirmationEffects } from './c2b-callbacks.ts';
import { endPush, failThenPay } from './stk-ending.ts';

const buyGoods = 'CustomerBuyGoodsOnline';
const payBill = 'CustomerPayBillOnline';

export async function stkPush(world: World, call: Call): Promise<Answer> {
  const invalid = firstInvalid(call.body, [
    ['BusinessShortCode', isShortcode],
    ['Password', (value) => value !== ''],
    ['Timestamp', isCompactTime],
    ['TransactionType', oneOf(payBill, buyGoods)],
    ['Amount', isWholeShillings],
    ['PartyA', isMsisdn],
    ['PartyB', isShortcode],
    ['PhoneNumber', isMsisdn],
    ['CallBackURL', urlCheck(world.settings.environment)],
    ['AccountReference', lengthBetween(1, 12)],
    ['TransactionDesc', lengthBetween(0, 13), 'optional'],
  ]);
  if (invalid !== undefined) return invalidField(call, invalid);
  const organisation = findOrganisation(world.book, textOr(call.body, 'BusinessShortCode'));
  const denied = merchantProblem(call, organisation);
  if (denied !== undefined || organisation === undefined) return denied ?? noMerchant(call);
  const msisdn = textOr(call.body, 'PhoneNumber');
  if (world.prompts.has(msisdn)) return refusal(call.random, locked);
  const entry = openPush(world, call, organisation);
  await startPush(world, call, {
    entry,
    organisation,
    code: partyProblem(world, call, organisation),
  });
  return ok({
    MerchantRequestID: entry.merchantRequestId,
    CheckoutRequestID: entry.checkoutRequestId,
    ResponseCode: '0',
    ResponseDescription: 'Success. Request accepted for processing',
    CustomerMessage: 'Success. Request accepted for processing',
  });
}

const locked = {
  status: 500,
  code: '500.001.1001',
  message: describeResult('1001'),
} as const;

function noMerchant(call: Call): Answer {
  const message = 'Merchant does not exist';
  return refusal(call.random, { status: 500, code: '500.001.1001', message });
}

/** Whether the password is base64 of shortcode, passkey and the timestamp of this request. */
export function merchantProblem(
  call: Call,
  organisation: Organisation | undefined,
): Answer | undefined {
  if (organisation === undefined) return noMerchant(call);
  const plain = `${textOr(call.body, 'BusinessShortCode')}${organisation.passkey}${textOr(call.body, 'Timestamp')}`;
  if (textOr(call.body, 'Password') === Buffer.from(plain).toString('base64')) return undefined;
  const message = '[MerchantValidate] - Wrong credentials';
  return refusal(call.random, { status: 500, code: '500.001.1001', message });
}

/** The result code of a wrong pairing of shortcode, receiver and kind of payment. */
function partyProblem(
  world: World,
  { body }: Call,
  organisation: Organisation,
): string | undefined {
  const receiver = findOrganisation(world.book, textOr(body, 'PartyB'));
  if (receiver === undefined) return 'SFC_IC0003';
  const wanted = textOr(body, 'TransactionType') === buyGoods ? 'till' : 'paybill';
  if (organisation.kind !== wanted || receiver !== organisation) return '2028';
  const named = textOr(body, 'PartyB') === organisation.number;
  const isStore =
    organisation.storeNumber === null ||
    textOr(body, 'BusinessShortCode') === organisation.storeNumber;
  return named && isStore ? undefined : '2028';
}

function openPush(world: World, call: Call, organisation: Organisation): Entry {
  const { body, random, sequence } = call;
  const msisdn = textOr(body, 'PhoneNumber');
  return openEntry(world, {
    sequence,
    kind: 'stk',
    commandId: textOr(body, 'TransactionType'),
    shortcode: organisation.number,
    msisdn,
    amountCents: centsOf(body),
    accountReference: organisation.kind === 'till' ? '' : textOr(body, 'AccountReference'),
    remarks: text(body, 'TransactionDesc') ?? '',
    merchantRequestId: randomRequestId(random),
    checkoutRequestId: checkoutId(world, msisdn),
  });
}

/** Unique even for two prompts on one phone within a millisecond, which a virtual clock allows. */
function checkoutId(world: World, msisdn: string): string {
  const time = checkoutTime(world.clock.now());
  const tail = msisdn.slice(3);
  for (let millisecond = Number(time.slice(14)); ; millisecond += 1) {
    const id = `ws_CO_${time.slice(0, 14)}${String(millisecond).padStart(3, '0')}${tail}`;
    if (findEntry(world.book, id) === undefined) return id;
  }
}

interface Push {
  entry: Entry;
  organisation: Organisation;
  /** Known to fail whatever the payer does. */
  code: string | undefined;
}

async function startPush(
  world: World,
  call: Call,
  { entry, organisation, code }: Push,
): Promise<void> {
  const callbackUrl = textOr(call.body, 'CallBackURL');
  const effects = call.effects;
  const confirmation = confirmationEffects(world, entry);
  const end = (result: string): Promise<void> =>
    endPush(world, { entry, organisation, callbackUrl, effects, confirmation }, result);
  const wanted = code ?? effectOf(effects, 'result')?.code;
  const { action, afterMs } = phoneOf(world, effects);
  const late = effectOf(effects, 'success-after-failure');
  if (late !== undefined) {
    const push = { entry, organisation, callbackUrl, effects, confirmation };
    await carryOut(world, call, { afterMs, work: () => failThenPay(world, push, late) });
    return;
  }
  if (code !== undefined) {
    await carryOut(world, call, { afterMs, work: () => end(code) });
    return;
  }
  const prompt = openPrompt(world, { entry, organisation, end, wanted });
  if (action === 'ask' || action === 'ignore') return;
  await carryOut(world, call, { afterMs, work: () => prompt.answer(action) });
}

function phoneOf({ settings }: World, effects: readonly Effect[]) {
  const ruled = effectOf(effects, 'phone');
  // A known ending is a PIN that comes to it, whatever phones usually do.
  const isEnding = effectOf(effects, 'result') !== undefined;
  const usual = isEnding ? ({ action: 'pin' } as const) : settings.phone;
  return {
    action: ruled?.action ?? usual.action,
    afterMs: ruled?.afterMs ?? settings.phone.afterMs,
  };
}
