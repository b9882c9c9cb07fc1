/** Payments between organisations: pay bill, buy goods, top-up, own accounts, and tax. */
import { accountOf } from '../book/accounts.ts';
import { findOrganisation } from '../book/book.ts';
import { close, openEntry } from '../book/entries.ts';
import { transfer } from '../book/payments.ts';
import type { Transfer } from '../book/payments.ts';
import { effectOf } from '../faults/effects.ts';
import { invalidField } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import {
  centsOf,
  isMsisdn,
  isShortcode,
  isWholeShillings,
  lengthBetween,
  oneOf,
  textOr,
} from '../http/fields.ts';
import type { Check } from '../http/fields.ts';
import type { Entry } from '../terms.ts';
import { compactTime } from '../times.ts';
import type { World } from '../world.ts';
import { acceptFor, converse, credentialProblem, initiatorProblem } from './initiator.ts';
import type { Conversation } from './initiator.ts';
import { sendResult } from './result.ts';
import type { Parameter } from './result.ts';

const ownTransfer = 'BusinessTransferFromMMFToUtility';

const movements: Readonly<Record<string, Transfer>> = {
  BusinessPayBill: { from: 'Working Account', to: 'Utility Account' },
  BusinessBuyGoods: { from: 'Working Account', to: 'Merchant Account' },
  BusinessPayToBulk: { from: 'Working Account', to: 'Utility Account' },
  PayTaxToKRA: { from: 'Working Account', to: 'Utility Account' },
  [ownTransfer]: { from: 'Working Account', to: 'Utility Account' },
};

export function b2b(world: World, call: Call): Promise<Answer> {
  const commands = Object.keys(movements).filter((command) => command !== 'PayTaxToKRA');
  return payOrganisation(world, call, commands);
}

/** The only receiver of tax. */
const revenueAuthority = '572572';

export async function remitTax(world: World, call: Call): Promise<Answer> {
  if (textOr(call.body, 'PartyB') !== revenueAuthority) return invalidField(call, 'PartyB');
  return payOrganisation(world, call, ['PayTaxToKRA']);
}

async function payOrganisation(
  world: World,
  call: Call,
  commands: readonly string[],
): Promise<Answer> {
  const isOwn = textOr(call.body, 'CommandID') === ownTransfer;
  const receiver: Check = isOwn ? ['PartyB', isShortcode, 'optional'] : ['PartyB', isShortcode];
  const reference: Check = isOwn
    ? ['AccountReference', lengthBetween(0, 13), 'optional']
    : ['AccountReference', lengthBetween(1, 13)];
  const problem = initiatorProblem(world, call, {
    initiator: 'Initiator',
    party: 'PartyA',
    own: [
      ['CommandID', oneOf(...commands)],
      ['SenderIdentifierType', oneOf('4')],
      ['RecieverIdentifierType', oneOf('2', '4')],
      ['Amount', isWholeShillings],
      receiver,
      reference,
      ['Requester', isMsisdn, 'optional'],
      ['Remarks', lengthBetween(1, 100)],
    ],
  });
  if (problem !== undefined) return problem;
  const conversation = converse(world, call, 'PartyA');
  const entry = openPayment(world, call, conversation);
  return acceptFor(world, call, conversation, () => finish(world, call, { entry, conversation }));
}

function openPayment(world: World, call: Call, conversation: Conversation): Entry {
  const { body, sequence } = call;
  const commandId = textOr(body, 'CommandID');
  const { number } = conversation.organisation;
  const named = textOr(body, 'PartyB');
  const other = commandId === ownTransfer ? number : named;
  return openEntry(world, {
    sequence,
    kind: commandId === ownTransfer ? 'transfer' : call.api === 'tax' ? 'tax' : 'b2b',
    commandId,
    shortcode: number,
    otherShortcode: findOrganisation(world.book, other)?.number ?? other,
    amountCents: centsOf(body),
    accountReference: textOr(body, 'AccountReference'),
    remarks: textOr(body, 'Remarks'),
    conversationId: conversation.conversationId,
    originatorConversationId: conversation.originatorConversationId,
  });
}

async function finish(
  world: World,
  call: Call,
  { entry, conversation }: { entry: Entry; conversation: Conversation },
): Promise<void> {
  const { organisation } = conversation;
  const silent = effectOf(call.effects, 'queue-timeout');
  const movement = movements[entry.commandId];
  const problem =
    credentialProblem(world, call, { initiator: 'Initiator', organisation }) ??
    effectOf(call.effects, 'result')?.code ??
    (silent !== undefined && silent.withEffect !== true ? '1019' : undefined);
  const code = problem ?? (movement === undefined ? '29' : transfer(world, entry, movement));
  close(world, entry, code);
  await sendResult(world, {
    api: call.api,
    conversation,
    effects: call.effects,
    code,
    receipt: entry.receipt,
    parameters: paymentParameters(world, entry),
    reference: [
      { Key: 'BillReferenceNumber', Value: entry.accountReference },
      {
        Key: 'QueueTimeoutURL',
        Value: 'https://internalapi.safaricom.co.ke/mpesa/b2bresults/v1/submit',
      },
    ],
    entry,
  });
}

function paymentParameters(world: World, entry: Entry): Parameter[] {
  const from = movements[entry.commandId]?.from ?? 'Working Account';
  const balance = world.book.accounts.balanceOf(accountOf(entry.shortcode, from));
  const shillings = (balance / 100).toFixed(2);
  const odd = `{Amount={CurrencyCode=KES, MinimumAmount=${balance}, BasicAmount=${shillings}}}`;
  const payee = world.book.organisations.get(entry.otherShortcode ?? '');
  const charge = entry.businessChargeCents;
  return [
    { Key: 'DebitAccountBalance', Value: odd },
    { Key: 'Amount', Value: (entry.amountCents / 100).toFixed(2) },
    {
      Key: 'DebitPartyAffectedAccountBalance',
      Value: `${from}|KES|${shillings}|${shillings}|0.00|0.00`,
    },
    { Key: 'TransCompletedTime', Value: compactTime(entry.completedAt ?? world.clock.now()) },
    { Key: 'DebitPartyCharges', Value: charge === 0 ? '' : charge / 100 },
    { Key: 'ReceiverPartyPublicName', Value: `${entry.otherShortcode} - ${payee?.name ?? ''}` },
    { Key: 'Currency', Value: 'KES' },
    { Key: 'InitiatorAccountCurrentBalance', Value: odd },
  ];
}
