/** M-PESA Ratiba: standing orders that a customer agrees to once and that then pay by themselves. */
import {
  addDays,
  epochMsOf,
  parseBusinessDate,
  startOfBusinessDate,
} from '../../../domain/time.ts';
import type { BusinessDate } from '../../../domain/time.ts';
import type { Cents } from '../../../domain/money.ts';
import { findOrganisation } from '../book/book.ts';
import { close, openEntry } from '../book/entries.ts';
import { takePayment } from '../book/payments.ts';
import { sendCallback } from '../callbacks.ts';
import { effectOf } from '../faults/effects.ts';
import { carryOut, invalidField, ok } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import {
  centsOf,
  firstInvalid,
  isMsisdn,
  isShortcode,
  isWholeShillings,
  lengthBetween,
  oneOf,
  textOr,
  urlCheck,
} from '../http/fields.ts';
import { randomRequestId, receiptFor } from '../random.ts';
import { describeResult } from '../results.ts';
import type { Organisation } from '../terms.ts';
import type { World } from '../world.ts';
import { confirm, confirmationEffects } from './c2b-callbacks.ts';

export interface StandingOrder {
  name: string;
  msisdn: string;
  organisation: Organisation;
  amountCents: Cents;
  accountReference: string;
  frequency: string;
  from: BusinessDate;
  to: BusinessDate;
}

export async function createStandingOrder(world: World, call: Call): Promise<Answer> {
  const invalid = firstInvalid(call.body, [
    ['StandingOrderName', lengthBetween(1, 100)],
    ['StartDate', isRatibaDate],
    ['EndDate', isRatibaDate],
    ['BusinessShortCode', isShortcode],
    [
      'TransactionType',
      oneOf('Standing Order Customer Pay Bill', 'Standing Order Customer Pay Marchant'),
    ],
    ['ReceiverPartyIdentifierType', oneOf('2', '4')],
    ['Amount', isWholeShillings],
    ['PartyA', isMsisdn],
    ['CallBackURL', urlCheck(world.settings.environment)],
    ['AccountReference', lengthBetween(1, 12)],
    ['TransactionDesc', lengthBetween(0, 13), 'optional'],
    ['Frequency', (value) => /^[1-8]$/.test(value)],
  ]);
  if (invalid !== undefined) return invalidField(call, invalid);
  const order = orderOf(world, call);
  if (order === undefined) return invalidField(call, 'BusinessShortCode');
  if (order.to < order.from) return invalidField(call, 'EndDate');
  const referenceId = randomRequestId(call.random);
  const { action, afterMs = world.settings.phone.afterMs } =
    effectOf(call.effects, 'phone') ?? world.settings.phone;
  const work = (): Promise<void> =>
    decide(world, call, { order, referenceId, isAgreed: action === 'pin' });
  await carryOut(world, call, { afterMs, work });
  return ok(acceptance(referenceId));
}

function acceptance(responseRefID: string): unknown {
  const responseDescription = 'Request accepted for processing';
  return {
    ResponseHeader: {
      responseRefID,
      responseCode: '200',
      responseDescription,
      ResultDesc: 'The service request is processed successfully.',
    },
    ResponseBody: { responseDescription, responseCode: '200' },
  };
}

function isRatibaDate(text: string): boolean {
  return toDate(text) !== undefined;
}

/** `20261201` → `2026-12-01` */
function toDate(text: string): BusinessDate | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  return match === null ? undefined : parseBusinessDate(match.slice(1).join('-'));
}

function orderOf(world: World, { body }: Call): StandingOrder | undefined {
  const organisation = findOrganisation(world.book, textOr(body, 'BusinessShortCode'));
  const from = toDate(textOr(body, 'StartDate'));
  const to = toDate(textOr(body, 'EndDate'));
  if (organisation === undefined || from === undefined || to === undefined) return undefined;
  return {
    name: textOr(body, 'StandingOrderName'),
    msisdn: textOr(body, 'PartyA'),
    organisation,
    amountCents: centsOf(body),
    accountReference: textOr(body, 'AccountReference'),
    frequency: textOr(body, 'Frequency'),
    from,
    to,
  };
}

async function decide(
  world: World,
  call: Call,
  {
    order,
    referenceId,
    isAgreed,
  }: { order: StandingOrder; referenceId: string; isAgreed: boolean },
): Promise<void> {
  const key = `${order.msisdn} ${order.name}`;
  const isTaken = world.book.standingOrders.has(key);
  const code =
    effectOf(call.effects, 'result')?.code ?? (!isAgreed ? '1032' : isTaken ? '15' : '0');
  const receipt = receiptFor(world.clock.now(), { seed: world.seed, sequence: call.sequence });
  if (code === '0') {
    world.book.standingOrders.add(key);
    payOn(world, order, order.from);
  }
  await sendCallback(world, {
    api: 'ratiba',
    url: textOr(call.body, 'CallBackURL'),
    body: code === '0' ? agreed(referenceId, receipt, order.msisdn) : declined(referenceId, code),
    effects: call.effects,
  });
}

function agreed(referenceId: string, transactionId: string, msisdn: string): unknown {
  const data = {
    TransactionID: transactionId,
    responseCode: '0',
    Status: 'OKAY',
    Msisdn: `${msisdn.slice(0, 3)}******${msisdn.slice(-3)}`,
  };
  return {
    responseHeader: {
      responseRefID: referenceId,
      requestRefID: referenceId,
      responseCode: '0',
      responseDescription: describeResult('0'),
    },
    responseBody: { responseData: Object.entries(data).map(([name, value]) => ({ name, value })) },
  };
}

/** The provider writes the failure's fields with other capitals than the success's. */
function declined(referenceId: string, code: string): unknown {
  const data = {
    TransactionID: '0000000000',
    responseCode: code,
    Status: 'ERROR',
    Msisdn: '********',
  };
  return {
    ResponseHeader: {
      responseRefID: referenceId,
      requestRefID: referenceId,
      responseCode: code,
      responseDescription: describeResult(code),
    },
    ResponseBody: { ResponseData: Object.entries(data).map(([Name, Value]) => ({ Name, Value })) },
  };
}

/** The hour of the day at which standing orders are paid, in Nairobi. */
const payHour = 9;

/** Pays on that day and plans the next day, as long as the order lasts. */
function payOn(world: World, order: StandingOrder, date: BusinessDate): void {
  if (date > order.to) return;
  const due = epochMsOf(startOfBusinessDate(date)) + payHour * 3_600_000;
  world.clock.after(due - world.clock.nowMs(), async () => {
    const next = nextDate(order, date);
    if (next !== undefined) payOn(world, order, next);
    await pay(world, order);
  });
}

async function pay(world: World, order: StandingOrder): Promise<void> {
  const { organisation, msisdn, amountCents, accountReference } = order;
  const entry = openEntry(world, {
    sequence: world.nextSequence(),
    kind: 'standing-order',
    commandId: 'StandingOrder',
    shortcode: organisation.number,
    msisdn,
    amountCents,
    accountReference: organisation.kind === 'till' ? '' : accountReference,
  });
  const effects = confirmationEffects(world, entry);
  close(world, entry, takePayment(world, entry, organisation));
  if (entry.status === 'completed') await confirm(world, { entry, organisation, effects });
}

const days: Readonly<Record<string, number>> = { '2': 1, '3': 7 };
const months: Readonly<Record<string, number>> = { '4': 1, '5': 2, '6': 3, '7': 6, '8': 12 };

/** The payment after the one of `date`; month ends stay month ends of the first payment's day. */
export function nextDate(
  { frequency, from }: Pick<StandingOrder, 'frequency' | 'from'>,
  date: BusinessDate,
): BusinessDate | undefined {
  const step = days[frequency];
  if (step !== undefined) return addDays(date, step);
  const more = months[frequency];
  if (more === undefined) return undefined;
  const [year = 0, month = 0] = date.split('-').map(Number);
  const wanted = Number(from.slice(8));
  const first = new Date(Date.UTC(year, month - 1 + more, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(wanted, last));
  return parseBusinessDate(first.toISOString().slice(0, 10));
}
