/** The result of a conversation, as it is posted to the URL given for it. */
import { sendCallback } from '../callbacks.ts';
import { effectOf } from '../faults/effects.ts';
import type { Effect } from '../faults/effects.ts';
import { placeholderReceipt } from '../random.ts';
import { codeOnTheWire, describeResult } from '../results.ts';
import type { Api, Entry } from '../terms.ts';
import type { World } from '../world.ts';
import type { Conversation } from './initiator.ts';

export type Parameter = { Key: string; Value?: string | number };

export interface Result {
  api: Api;
  conversation: Conversation;
  effects: readonly Effect[];
  code: string;
  /** The receipt of the movement, or of nothing. */
  receipt?: string | null;
  parameters: readonly Parameter[];
  reference?: readonly Parameter[];
  entry?: Entry;
  retriesMs?: readonly number[];
}

/** Posts the result, to the timeout URL where a rule wants that. */
export async function sendResult(world: World, result: Result): Promise<void> {
  const { api, conversation, effects, entry, retriesMs } = result;
  const isLate = effectOf(effects, 'queue-timeout') !== undefined;
  await sendCallback(world, {
    api,
    url: isLate ? conversation.timeoutUrl : conversation.resultUrl,
    body: isLate ? timeoutBody(conversation) : resultBody(world, result),
    successBody: resultBody(world, { ...result, code: '0' }),
    effects,
    ...(entry !== undefined && { entry }),
    ...(retriesMs !== undefined && { retriesMs }),
  });
}

function timeoutBody({ conversationId, originatorConversationId }: Conversation): unknown {
  return {
    Result: {
      ResultType: 1,
      ResultCode: '1',
      ResultDesc: 'The service request timed out in the queue.',
      OriginatorConversationID: originatorConversationId,
      ConversationID: conversationId,
      TransactionID: '',
    },
  };
}

const usualReference: readonly Parameter[] = [
  {
    Key: 'QueueTimeoutURL',
    Value: 'https://internalapi.safaricom.co.ke/mpesa/b2cresults/v1/submit',
  },
];

function resultBody(world: World, result: Result): unknown {
  const { conversation, code, receipt, parameters, reference = usualReference } = result;
  return {
    Result: {
      ResultType: 0,
      ResultCode: codeOnTheWire(code),
      ResultDesc: describeResult(code),
      OriginatorConversationID: conversation.originatorConversationId,
      ConversationID: conversation.conversationId,
      TransactionID: receipt ?? placeholderReceipt(world.clock.now()),
      ...(code === '0' &&
        parameters.length > 0 && { ResultParameters: { ResultParameter: oneOrMany(parameters) } }),
      ReferenceData: { ReferenceItem: oneOrMany(reference) },
    },
  };
}

/** A single item stands without its list. */
function oneOrMany(items: readonly Parameter[]): unknown {
  return items.length === 1 ? items[0] : items;
}
