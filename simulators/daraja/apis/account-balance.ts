/** The balances of an organisation's accounts. This result is never sent twice. */
import { accountOf } from '../book/accounts.ts';
import { effectOf } from '../faults/effects.ts';
import type { Answer, Call } from '../http/call.ts';
import { lengthBetween, oneOf } from '../http/fields.ts';
import type { AccountName, Organisation } from '../terms.ts';
import { compactTime } from '../times.ts';
import type { World } from '../world.ts';
import { acceptFor, converse, credentialProblem, initiatorProblem } from './initiator.ts';
import type { Conversation } from './initiator.ts';
import { sendResult } from './result.ts';

export async function accountBalance(world: World, call: Call): Promise<Answer> {
  const problem = initiatorProblem(world, call, {
    initiator: 'Initiator',
    party: 'PartyA',
    own: [
      ['CommandID', oneOf('AccountBalance')],
      ['IdentifierType', oneOf('1', '2', '4')],
      ['Remarks', lengthBetween(1, 100)],
    ],
  });
  if (problem !== undefined) return problem;
  const conversation = converse(world, call, 'PartyA');
  return acceptFor(world, call, conversation, () => finish(world, call, conversation));
}

async function finish(world: World, call: Call, conversation: Conversation): Promise<void> {
  const { organisation } = conversation;
  const code =
    credentialProblem(world, call, { initiator: 'Initiator', organisation }) ??
    effectOf(call.effects, 'result')?.code ??
    '0';
  await sendResult(world, {
    api: 'account-balance',
    conversation,
    effects: call.effects,
    code,
    parameters: [
      { Key: 'AccountBalance', Value: balanceText(world, organisation) },
      { Key: 'BOCompletedTime', Value: Number(compactTime(world.clock.now())) },
    ],
    retriesMs: [],
  });
}

/** The accounts an organisation of this kind has, in the order in which they are told. */
export function accountsOf({ kind }: Organisation): readonly AccountName[] {
  const own: AccountName[] =
    kind === 'till'
      ? ['Working Account', 'Merchant Account']
      : ['Working Account', 'Float Account'];
  return [...own, 'Utility Account', 'Charges Paid Account', 'Organization Settlement Account'];
}

/** `Working Account|KES|700000.00|700000.00|0.00|0.00&…`: current, available, reserved, uncleared. */
function balanceText({ book }: World, organisation: Organisation): string {
  return accountsOf(organisation)
    .map((name) => {
      const balance = book.accounts.balanceOf(accountOf(organisation.number, name));
      const shillings = (balance / 100).toFixed(2);
      return `${name}|KES|${shillings}|${shillings}|0.00|0.00`;
    })
    .join('&');
}
