/** What the provider does wrong during one seed: every kind of fault, with dice of their own. */
import type { Effect, FaultRule } from '../daraja/faults/effects.ts';
import type { Random } from '../statements/random.ts';

const pushFaults: readonly (readonly [probability: number, effect: Effect])[] = [
  [0.07, { kind: 'callback-lost' }],
  [0.05, { kind: 'callback-late', ms: 3_000 }],
  [0.05, { kind: 'callback-duplicated', times: 3, concurrently: true }],
  [0.04, { kind: 'callback-duplicated', times: 2, everyMs: 400 }],
  [0.05, { kind: 'callback-before-answer' }],
  [0.03, { kind: 'callback-out-of-order', atMostMs: 800 }],
  [0.03, { kind: 'callback-malformed', how: 'truncated' }],
  [0.02, { kind: 'callback-malformed', how: 'missing-metadata' }],
  [0.03, { kind: 'callback-forged', how: 'amount' }],
  [0.03, { kind: 'callback-forged', how: 'success' }],
  [0.03, { kind: 'success-after-failure', afterMs: 700 }],
  [0.03, { kind: 'cut', withEffect: true }],
  [0.02, { kind: 'cut' }],
  [0.03, { kind: 'refuse', with: 'internal', withEffect: true }],
  [0.02, { kind: 'refuse', with: 'system-busy' }],
  [0.02, { kind: 'refuse', with: 'html', status: 503 }],
  [0.06, { kind: 'phone', action: 'cancel', afterMs: 200 }],
  [0.04, { kind: 'phone', action: 'wrong-pin', afterMs: 150 }],
  [0.03, { kind: 'result', code: '1' }],
];

const payoutFaults: readonly (readonly [probability: number, effect: Effect])[] = [
  [0.08, { kind: 'callback-lost' }],
  [0.05, { kind: 'callback-late', ms: 3_000 }],
  [0.06, { kind: 'callback-duplicated', times: 3, concurrently: true }],
  [0.05, { kind: 'callback-before-answer' }],
  [0.03, { kind: 'callback-malformed', how: 'truncated' }],
  [0.05, { kind: 'cut', withEffect: true }],
  [0.03, { kind: 'cut' }],
  [0.03, { kind: 'refuse', with: 'internal', withEffect: true }],
  [0.02, { kind: 'refuse', with: 'too-many-requests' }],
  [0.03, { kind: 'queue-timeout', withEffect: true }],
  [0.02, { kind: 'queue-timeout' }],
  [0.04, { kind: 'result', code: '1' }],
  [0.02, { kind: 'result', code: 'SFC_IC0003' }],
  // A provider that pays a repeated request again: sending twice would show in its book.
  [1, { kind: 'no-dedupe' }],
];

const paymentFaults: readonly (readonly [probability: number, effect: Effect])[] = [
  [0.05, { kind: 'callback-duplicated', times: 3, concurrently: true }],
  [0.05, { kind: 'callback-late', ms: 1_500 }],
];

/** The rules of one seed, for one shortcode; how hard each fault strikes is drawn. */
export function chaosRules(random: Random, shortcode: string): FaultRule[] {
  const hardness = 0.5 + random.next();
  const rule =
    (api: FaultRule['match']['api'] & string) =>
    ([probability, effect]: readonly [number, Effect]): FaultRule => ({
      match: { api, shortcode },
      probability: Math.min(1, probability * (probability === 1 ? 1 : hardness)),
      effect,
    });
  return [
    ...pushFaults.map(rule('stk-push')),
    ...payoutFaults.map(rule('b2c')),
    ...paymentFaults.map(rule('c2b-confirmation')),
  ];
}
