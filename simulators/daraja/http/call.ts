/** A request as the APIs see it, and their answers. */
import type { Random } from '../../statements/random.ts';
import type { Effect } from '../faults/effects.ts';
import { effectOf } from '../faults/effects.ts';
import type { Api } from '../terms.ts';
import { randomRequestId } from '../random.ts';
import type { World } from '../world.ts';

export interface Call {
  api: Api;
  version: number;
  body: Readonly<Record<string, unknown>>;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  effects: readonly Effect[];
  sequence: number;
  random: Random;
  consumerKey: string;
}

export interface Answer {
  status: number;
  /** JSON, unless `contentType` says that it is a text. */
  body: unknown;
  contentType?: string;
}

export type Handler = (world: World, call: Call) => Answer | Promise<Answer>;

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** The gateway's error form. */
export function refusal(
  random: Random,
  { status, code, message }: { status: number; code: string; message: string },
): Answer {
  return {
    status,
    body: { requestId: randomRequestId(random), errorCode: code, errorMessage: message },
  };
}

/** `400.002.02 Bad Request - Invalid <field>` */
export function invalidField({ random }: Call, name: string): Answer {
  return refusal(random, {
    status: 400,
    code: '400.002.02',
    message: `Bad Request - Invalid ${name}`,
  });
}

/** Longest time that an answer waits for a callback that has to come first, in real milliseconds. */
const patienceMs = 5_000;

/** Lets the work of a request happen after a while, or before its answer where a rule wants that. */
export async function carryOut(
  world: World,
  call: Pick<Call, 'effects'>,
  { afterMs, work }: { afterMs: number; work: () => Promise<void> },
): Promise<void> {
  if (effectOf(call.effects, 'callback-before-answer') === undefined) {
    world.clock.after(afterMs, work);
    return;
  }
  let alarm: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    alarm = setTimeout(resolve, patienceMs);
  });
  await Promise.race([work(), enough]);
  clearTimeout(alarm);
}
