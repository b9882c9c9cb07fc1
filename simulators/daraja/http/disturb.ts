/** Answers that are not the true one: cut connections, silence, error pages and refusals. */
import { setTimeout as wait } from 'node:timers/promises';
import { invalidToken, noProduct } from '../apis/oauth.ts';
import { effectOf } from '../faults/effects.ts';
import type { EffectOf, Refusal } from '../faults/effects.ts';
import { edgePage } from '../faults/plan.ts';
import type { World } from '../world.ts';
import { refusal } from './call.ts';
import type { Answer, Call } from './call.ts';

export interface Disturbance {
  /** Whether the request is not even looked at. */
  isBefore: boolean;
  answer(): Promise<Answer | 'cut'>;
}

/** What a rule puts in place of the answer, if any does. */
export function disturbance(world: World, call: Call): Disturbance | undefined {
  const cut = effectOf(call.effects, 'cut');
  if (cut !== undefined) {
    return { isBefore: cut.withEffect !== true, answer: async () => 'cut' };
  }
  const silence = effectOf(call.effects, 'timeout');
  if (silence !== undefined) {
    const isBefore = silence.withEffect !== true;
    return { isBefore, answer: () => wait(world.settings.holdMs, 'cut', { ref: false }) };
  }
  const refused = effectOf(call.effects, 'refuse');
  if (refused === undefined) return undefined;
  return { isBefore: refused.withEffect !== true, answer: async () => refuse(call, refused) };
}

const words: Readonly<
  Partial<Record<Refusal, readonly [status: number, code: string, says: string]>>
> = {
  'system-busy': [500, '500.003.02', 'System is busy. Please try again in few minutes.'],
  'spike-arrest': [500, '500.003.02', 'Error Occurred: Spike Arrest Violation'],
  'too-many-requests': [429, '500.003.02', 'Error Occurred: Spike Arrest Violation'],
  quota: [500, '500.003.03', 'Quota Violation'],
  internal: [500, '500.003.1001', 'Internal Server Error'],
};

function refuse(call: Call, effect: EffectOf<'refuse'>): Answer {
  const { random } = call;
  if (effect.with === 'invalid-token') return invalidToken(random, call.api, effect.spelling);
  if (effect.with === 'no-product') return noProduct(random);
  if (effect.with === 'html') {
    return { status: effect.status ?? 503, body: edgePage, contentType: 'text/html' };
  }
  if (effect.with === 'truncated') {
    return {
      status: effect.status ?? 200,
      body: '{"MerchantRequestID":"7c1e-4f0a',
      contentType: 'application/json',
    };
  }
  const [status, code, message] = words[effect.with] ?? [
    500,
    '500.003.1001',
    'Internal Server Error',
  ];
  return refusal(random, { status: effect.status ?? status, code, message });
}
