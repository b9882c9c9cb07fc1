/** What a rule can make happen. Times are milliseconds of the twin's clock unless it says otherwise. */
import type { Api, PhoneAction } from '../terms.ts';

export type Malformation = 'truncated' | 'html' | 'wrong-types' | 'missing-metadata' | 'empty';

export type Refusal =
  | 'system-busy'
  | 'spike-arrest'
  | 'too-many-requests'
  | 'quota'
  | 'internal'
  | 'html'
  | 'truncated'
  | 'invalid-token'
  | 'no-product';

export type TokenSpelling = '404.001.03' | '400.003.01' | '401.002.01' | '401.003.01' | '401.001';

export type Effect =
  /** The answer waits, in real milliseconds. */
  | { kind: 'slow'; ms: number }
  /** The connection is cut; with an effect, after the request was carried out. */
  | { kind: 'cut'; withEffect?: boolean }
  /** No answer ever comes; with an effect, the request was carried out. */
  | { kind: 'timeout'; withEffect?: boolean }
  /** Another answer than the true one. */
  | {
      kind: 'refuse';
      with: Refusal;
      status?: number;
      withEffect?: boolean;
      spelling?: TokenSpelling;
    }
  /** The token given out stops working early. */
  | { kind: 'short-token'; ms: number }
  /** The request is carried out and comes to this result code. */
  | { kind: 'result'; code: string }
  /** What the customer does with the prompt, and after how long. */
  | { kind: 'phone'; action: PhoneAction; afterMs?: number }
  /** First a failure is reported, later the payment happens and is reported. */
  | { kind: 'success-after-failure'; code?: string; afterMs?: number }
  /** How long the result takes. */
  | { kind: 'processing'; ms: number }
  /** A repeated OriginatorConversationID is paid again. */
  | { kind: 'no-dedupe' }
  /** The result goes to the queue timeout URL instead; with an effect, the money moved. */
  | { kind: 'queue-timeout'; withEffect?: boolean }
  /** How the status query says that a payment is pending. */
  | { kind: 'pending'; as: '500' | '4999' }
  | { kind: 'callback-lost' }
  | { kind: 'callback-late'; ms: number }
  | { kind: 'callback-duplicated'; times: number; concurrently?: boolean; everyMs?: number }
  /** Held back until another callback has been delivered, or until the wait is over. */
  | { kind: 'callback-out-of-order'; atMostMs?: number }
  /** Delivered before the request that causes it is answered. */
  | { kind: 'callback-before-answer' }
  | { kind: 'callback-malformed'; how: Malformation; isExtra?: boolean }
  /** A false callback before the true one, or instead of it. */
  | { kind: 'callback-forged'; how: 'amount' | 'id' | 'token' | 'success'; isInstead?: boolean }
  /** Forms that the provider uses now and then: text codes, a single item without its list. */
  | { kind: 'callback-shape'; how: 'text-codes' | 'single-items' | 'list-items' };

export type EffectKind = Effect['kind'];
export type EffectOf<K extends EffectKind> = Extract<Effect, { kind: K }>;

export interface FaultRule {
  match: {
    api?: Api | readonly Api[];
    msisdn?: string;
    amountCents?: number;
    shortcode?: string;
    /** Only the n-th request that matches the rest, counted from 1. */
    nth?: number;
  };
  /** 0 to 1; absent means always. */
  probability?: number;
  effect: Effect;
  /** Words for the switchboard. */
  note?: string;
}

/** The first effect of a kind among those drawn. */
export function effectOf<K extends EffectKind>(
  effects: readonly Effect[],
  kind: K,
): EffectOf<K> | undefined {
  return effects.find((effect): effect is EffectOf<K> => effect.kind === kind);
}
