/** Gives a customer's payment back under a receipt of its own. */
import { accountOf } from '../book/accounts.ts';
import { findOrganisation, receivingAccount } from '../book/book.ts';
import { close, findEntry, openEntry } from '../book/entries.ts';
import { giveBack } from '../book/payments.ts';
import { effectOf } from '../faults/effects.ts';
import type { Answer, Call } from '../http/call.ts';
import { centsOf, isWholeShillings, lengthBetween, oneOf, textOr } from '../http/fields.ts';
import type { Entry } from '../terms.ts';
import { compactTime } from '../times.ts';
import type { World } from '../world.ts';
import { acceptFor, converse, credentialProblem, initiatorProblem } from './initiator.ts';
import type { Conversation } from './initiator.ts';
import { sendResult } from './result.ts';
import type { Parameter } from './result.ts';

export async function reversal(world: World, call: Call): Promise<Answer> {
  const problem = initiatorProblem(world, call, {
    initiator: 'Initiator',
    party: 'ReceiverParty',
    own: [
      ['CommandID', oneOf('TransactionReversal')],
      ['TransactionID', lengthBetween(8, 20)],
      ['Amount', isWholeShillings],
      // The API knows this name only with its misspelling.
      ['RecieverIdentifierType', oneOf('11')],
      ['Remarks', lengthBetween(2, 100)],
      ['Occasion', lengthBetween(0, 100), 'optional'],
    ],
  });
  if (problem !== undefined) return problem;
  const conversation = converse(world, call, 'ReceiverParty');
  const entry = openEntry(world, {
    sequence: call.sequence,
    kind: 'reversal',
    commandId: 'TransactionReversal',
    shortcode: conversation.organisation.number,
    amountCents: centsOf(call.body),
    remarks: textOr(call.body, 'Remarks'),
    reverses: textOr(call.body, 'TransactionID'),
    conversationId: conversation.conversationId,
    originatorConversationId: conversation.originatorConversationId,
  });
  return acceptFor(world, call, conversation, () => finish(world, call, { entry, conversation }));
}

async function finish(
  world: World,
  call: Call,
  { entry, conversation }: { entry: Entry; conversation: Conversation },
): Promise<void> {
  const { organisation } = conversation;
  const original = findEntry(world.book, entry.reverses ?? '');
  const silent = effectOf(call.effects, 'queue-timeout');
  const problem =
    credentialProblem(world, call, { initiator: 'Initiator', organisation }) ??
    effectOf(call.effects, 'result')?.code ??
    (silent !== undefined && silent.withEffect !== true ? '1019' : undefined) ??
    originalProblem(entry, original);
  entry.msisdn = original?.msisdn ?? null;
  const code = problem ?? (original === undefined ? 'R000002' : giveBack(world, entry, original));
  close(world, entry, code);
  await sendResult(world, {
    api: 'reversal',
    conversation,
    effects: call.effects,
    code,
    receipt: entry.receipt,
    parameters: original === undefined ? [] : reversalParameters(world, entry, original),
    entry,
  });
}

/** Only payments of customers to this business can be given back, once, and no more than was paid. */
function originalProblem(entry: Entry, original: Entry | undefined): string | undefined {
  if (original === undefined || original.receipt !== entry.reverses) return 'R000002';
  if (original.shortcode !== entry.shortcode || original.status !== 'completed') return 'R000002';
  if (original.kind !== 'stk' && original.kind !== 'c2b') return '2028';
  if (original.reversedBy !== null) return 'R000001';
  return entry.amountCents > original.amountCents ? 'R000002' : undefined;
}

function reversalParameters(world: World, entry: Entry, original: Entry): Parameter[] {
  const organisation = findOrganisation(world.book, entry.shortcode);
  if (organisation === undefined) return [];
  const account = receivingAccount(organisation);
  const balance = (
    world.book.accounts.balanceOf(accountOf(entry.shortcode, account)) / 100
  ).toFixed(2);
  const customer = world.book.customers.get(entry.msisdn ?? '');
  return [
    { Key: 'DebitAccountBalance', Value: `${account}|KES|${balance}|${balance}|0.00|0.00` },
    { Key: 'Amount', Value: entry.amountCents / 100 },
    {
      Key: 'TransCompletedTime',
      Value: Number(compactTime(entry.completedAt ?? world.clock.now())),
    },
    { Key: 'OriginalTransactionID', Value: original.receipt ?? '' },
    { Key: 'Charge', Value: 0 },
    { Key: 'CreditPartyPublicName', Value: `${entry.msisdn} - ${customer?.name ?? ''}` },
    { Key: 'DebitPartyPublicName', Value: `${entry.shortcode} - ${organisation.name}` },
  ];
}
