/** What all calls in the name of an operator have in common: who they are, and a result later. */
import { findOrganisation } from '../book/book.ts';
import { effectOf } from '../faults/effects.ts';
import { carryOut, invalidField, ok } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import { firstInvalid, isShortcode, lengthBetween, textOr, urlCheck } from '../http/fields.ts';
import type { Check } from '../http/fields.ts';
import { randomHex, randomRequestId } from '../random.ts';
import type { Organisation } from '../terms.ts';
import { compactDate } from '../times.ts';
import type { World } from '../world.ts';

export const acceptedWords = 'Accept the service request successfully.';

export interface Conversation {
  conversationId: string;
  originatorConversationId: string;
  organisation: Organisation;
  resultUrl: string;
  timeoutUrl: string;
}

/** Checks the fields every such call has, besides the ones of its own. */
export function initiatorProblem(
  world: World,
  call: Call,
  { initiator, party, own }: { initiator: string; party: string; own: readonly Check[] },
): Answer | undefined {
  const isUrl = urlCheck(world.settings.environment);
  const invalid = firstInvalid(call.body, [
    [initiator, lengthBetween(1, 100)],
    ['SecurityCredential', (value) => value !== ''],
    [party, isShortcode],
    ...own,
    ['QueueTimeOutURL', isUrl],
    ['ResultURL', isUrl],
  ]);
  if (invalid !== undefined) return invalidField(call, invalid);
  const organisation = findOrganisation(world.book, textOr(call.body, party));
  if (organisation === undefined) return invalidField(call, party);
  const isSure = world.settings.credentialCheck === 'late';
  if (!isSure && credentialProblem(world, call, { initiator, organisation }) !== undefined) {
    return invalidField(call, 'SecurityCredential');
  }
  return undefined;
}

/** Opens the conversation of a checked call. */
export function converse(world: World, call: Call, party: string): Conversation {
  const organisation = findOrganisation(world.book, textOr(call.body, party));
  if (organisation === undefined) throw new Error('a conversation of nobody');
  const date = compactDate(world.clock.now());
  const own = textOr(call.body, 'OriginatorConversationID').trim();
  return {
    conversationId: `AG_${date}_2010${randomHex(call.random, 16)}`,
    originatorConversationId: own === '' ? randomRequestId(call.random) : own,
    organisation,
    resultUrl: textOr(call.body, 'ResultURL'),
    timeoutUrl: textOr(call.body, 'QueueTimeOutURL'),
  };
}

/** Lets the work happen after the usual while and answers that the request was accepted. */
export async function acceptFor(
  world: World,
  call: Call,
  conversation: Conversation,
  work: () => Promise<void>,
): Promise<Answer> {
  const afterMs = effectOf(call.effects, 'processing')?.ms ?? world.settings.resultAfterMs;
  await carryOut(world, call, { afterMs, work });
  return ok({
    ConversationID: conversation.conversationId,
    OriginatorConversationID: conversation.originatorConversationId,
    ResponseCode: '0',
    ResponseDescription: acceptedWords,
  });
}

const mostFailures = 3;

/** The result code of a wrong operator or password; three wrong passwords in a row lock it. */
export function credentialProblem(
  world: World,
  call: Call,
  { initiator, organisation }: { initiator: string; organisation: Organisation },
): string | undefined {
  const name = textOr(call.body, initiator);
  const operator = organisation.initiators.find((one) => one.name === name);
  if (operator === undefined) return '20';
  if (operator.failures >= mostFailures) return '8006';
  const password = world.keys.decrypt(textOr(call.body, 'SecurityCredential'));
  if (password !== operator.password) {
    operator.failures += 1;
    return '2001';
  }
  operator.failures = 0;
  return undefined;
}
