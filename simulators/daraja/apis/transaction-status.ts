/** What became of any movement, asked by receipt or by the id of the request. */
import { findEntry } from '../book/entries.ts';
import { effectOf } from '../faults/effects.ts';
import { invalidField } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import { lengthBetween, oneOf, text, textOr } from '../http/fields.ts';
import type { Entry, EntryStatus } from '../terms.ts';
import { compactTime } from '../times.ts';
import type { World } from '../world.ts';
import { acceptFor, converse, credentialProblem, initiatorProblem } from './initiator.ts';
import type { Conversation } from './initiator.ts';
import { sendResult } from './result.ts';
import type { Parameter } from './result.ts';

export async function transactionStatus(world: World, call: Call): Promise<Answer> {
  const problem = initiatorProblem(world, call, {
    initiator: 'Initiator',
    party: 'PartyA',
    own: [
      ['CommandID', oneOf('TransactionStatusQuery')],
      ['IdentifierType', oneOf('1', '2', '4')],
      ['Remarks', lengthBetween(1, 100)],
      ['Occasion', lengthBetween(0, 100), 'optional'],
    ],
  });
  if (problem !== undefined) return problem;
  const name = [text(call.body, 'TransactionID'), text(call.body, 'OriginalConversationID')].find(
    (one) => one !== undefined && one !== '',
  );
  if (name === undefined) return invalidField(call, 'TransactionID');
  const conversation = converse(world, call, 'PartyA');
  return acceptFor(world, call, conversation, () => finish(world, call, { name, conversation }));
}

async function finish(
  world: World,
  call: Call,
  { name, conversation }: { name: string; conversation: Conversation },
): Promise<void> {
  const { organisation } = conversation;
  const entry = visibleEntry(findEntry(world.book, name), organisation.number);
  const code =
    credentialProblem(world, call, { initiator: 'Initiator', organisation }) ??
    effectOf(call.effects, 'result')?.code ??
    (entry === undefined ? world.settings.notFoundCode : '0');
  await sendResult(world, {
    api: 'transaction-status',
    conversation,
    effects: call.effects,
    code,
    receipt: entry?.receipt ?? null,
    parameters: entry === undefined ? [] : statusParameters(world, entry),
    reference: [{ Key: 'Occasion', Value: textOr(call.body, 'Occasion') }],
  });
}

/** A business sees its own movements and those others made with it. */
function visibleEntry(entry: Entry | undefined, shortcode: string): Entry | undefined {
  if (entry === undefined) return undefined;
  return entry.shortcode === shortcode || entry.otherShortcode === shortcode ? entry : undefined;
}

const statusWords: Readonly<Record<EntryStatus, string>> = {
  pending: 'Authorized',
  completed: 'Completed',
  cancelled: 'Cancelled',
  declined: 'Declined',
  expired: 'Expired',
};

const reasons: Readonly<Partial<Record<Entry['kind'], string>>> = {
  stk: 'Pay Bill Online',
  c2b: 'Pay Utility',
  b2c: 'Business Payment to Customer via API',
  b2b: 'Business Pay Bill via API',
  reversal: 'Pay Utility Reversal',
};

function statusParameters(world: World, entry: Entry): Parameter[] {
  const organisation = world.book.organisations.get(entry.shortcode);
  const business = `${entry.shortcode} - ${organisation?.name ?? ''}`;
  const customer = world.book.customers.get(entry.msisdn ?? '');
  const other =
    entry.msisdn === null
      ? `${entry.otherShortcode} - ${world.book.organisations.get(entry.otherShortcode ?? '')?.name ?? ''}`
      : `${entry.msisdn} - ${customer?.name ?? ''}`;
  const isIncoming =
    entry.kind === 'stk' || entry.kind === 'c2b' || entry.kind === 'standing-order';
  const finalised = entry.completedAt;
  return [
    { Key: 'DebitPartyName', Value: isIncoming ? other : business },
    { Key: 'CreditPartyName', Value: isIncoming ? business : other },
    { Key: 'OriginatorConversationID', Value: entry.originatorConversationId ?? '' },
    { Key: 'InitiatedTime', Value: Number(compactTime(entry.initiatedAt)) },
    { Key: 'DebitAccountType', Value: isIncoming ? 'MMF Account For Customer' : 'Utility Account' },
    { Key: 'DebitPartyCharges', Value: chargesText(entry, isIncoming) },
    { Key: 'TransactionReason' },
    { Key: 'ReasonType', Value: reasons[entry.kind] ?? entry.commandId },
    { Key: 'TransactionStatus', Value: statusWords[entry.status] },
    ...(finalised === null
      ? [{ Key: 'FinalisedTime' }]
      : [{ Key: 'FinalisedTime', Value: Number(compactTime(finalised)) }]),
    { Key: 'Amount', Value: (entry.amountCents / 100).toFixed(2) },
    { Key: 'ConversationID', Value: entry.conversationId ?? '' },
    { Key: 'ReceiptNo', Value: entry.receipt ?? '' },
  ];
}

/** `Fee For B2C Payment|KES|22.40`, or nothing. */
function chargesText(entry: Entry, isIncoming: boolean): string {
  const charge = isIncoming ? entry.payerChargeCents : entry.businessChargeCents;
  if (charge === 0) return '';
  const fee = entry.kind === 'b2c' ? 'Fee For B2C Payment' : 'Fee For Payment';
  return `${fee}|KES|${(charge / 100).toFixed(2)}`;
}
