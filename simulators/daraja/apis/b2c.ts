/** Payouts to customers: B2C in both versions, and to Pochi la Biashara wallets. */
import { accountOf } from '../book/accounts.ts';
import { close, findEntry, openEntry } from '../book/entries.ts';
import { payOut } from '../book/payments.ts';
import { effectOf } from '../faults/effects.ts';
import { refusal } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import {
  centsOf,
  isMsisdn,
  isWholeShillings,
  lengthBetween,
  oneOf,
  textOr,
} from '../http/fields.ts';
import type { Check } from '../http/fields.ts';
import type { AccountName, Entry } from '../terms.ts';
import { dottedTime } from '../times.ts';
import type { World } from '../world.ts';
import { acceptFor, converse, credentialProblem, initiatorProblem } from './initiator.ts';
import type { Conversation } from './initiator.ts';
import { sendResult } from './result.ts';
import type { Parameter } from './result.ts';

export function b2c(world: World, call: Call): Promise<Answer> {
  return payCustomer(world, call, ['BusinessPayment', 'SalaryPayment', 'PromotionPayment']);
}

export function b2Pochi(world: World, call: Call): Promise<Answer> {
  return payCustomer(world, call, ['BusinessPayToPochi']);
}

async function payCustomer(world: World, call: Call, commands: readonly string[]): Promise<Answer> {
  const originator: Check = ['OriginatorConversationID', lengthBetween(1, 100)];
  const own: Check[] = [
    ...(call.version >= 3 ? [originator] : []),
    ['CommandID', oneOf(...commands)],
    ['Amount', isWholeShillings],
    ['PartyB', isMsisdn],
    ['Remarks', lengthBetween(2, 100)],
  ];
  const names = { initiator: 'InitiatorName', party: 'PartyA' };
  const problem = initiatorProblem(world, call, { ...names, own });
  if (problem !== undefined) return problem;
  const conversation = converse(world, call, 'PartyA');
  if (isKnown(world, call, conversation)) return duplicate(call);
  const entry = openPayout(world, call, conversation);
  return acceptFor(world, call, conversation, () => finish(world, call, { entry, conversation }));
}

function isKnown(world: World, call: Call, conversation: Conversation): boolean {
  if (effectOf(call.effects, 'no-dedupe') !== undefined) return false;
  const earlier = findEntry(world.book, conversation.originatorConversationId);
  return earlier !== undefined && earlier.shortcode === conversation.organisation.number;
}

function duplicate(call: Call): Answer {
  const message = 'Duplicate OriginatorConversationID.';
  return refusal(call.random, { status: 500, code: '500.002.1001', message });
}

function openPayout(world: World, call: Call, conversation: Conversation): Entry {
  const { body, sequence } = call;
  return openEntry(world, {
    sequence,
    kind: call.api === 'b2pochi' ? 'b2pochi' : 'b2c',
    commandId: textOr(body, 'CommandID'),
    shortcode: conversation.organisation.number,
    msisdn: textOr(body, 'PartyB'),
    amountCents: centsOf(body),
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
  const problem =
    credentialProblem(world, call, { initiator: 'InitiatorName', organisation }) ??
    effectOf(call.effects, 'result')?.code ??
    (silent !== undefined && silent.withEffect !== true ? '1019' : undefined);
  const code = problem ?? payOut(world, entry, organisation);
  close(world, entry, code);
  await sendResult(world, {
    api: call.api,
    conversation,
    effects: call.effects,
    code,
    receipt: entry.receipt,
    parameters: payoutParameters(world, entry),
    entry,
  });
}

function payoutParameters(world: World, entry: Entry): Parameter[] {
  const { accounts, customers } = world.book;
  const shillings = (name: AccountName): number =>
    accounts.balanceOf(accountOf(entry.shortcode, name)) / 100;
  const customer = customers.get(entry.msisdn ?? '');
  return [
    { Key: 'TransactionAmount', Value: entry.amountCents / 100 },
    { Key: 'TransactionReceipt', Value: entry.receipt ?? '' },
    { Key: 'ReceiverPartyPublicName', Value: `${entry.msisdn} - ${customer?.name ?? ''}` },
    {
      Key: 'TransactionCompletedDateTime',
      Value: dottedTime(entry.completedAt ?? world.clock.now()),
    },
    { Key: 'B2CUtilityAccountAvailableFunds', Value: shillings('Utility Account') },
    { Key: 'B2CWorkingAccountAvailableFunds', Value: shillings('Working Account') },
    {
      Key: 'B2CRecipientIsRegisteredCustomer',
      Value: customer?.isRegistered === false ? 'N' : 'Y',
    },
    { Key: 'B2CChargesPaidAccountAvailableFunds', Value: shillings('Charges Paid Account') },
  ];
}
