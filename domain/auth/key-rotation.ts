/**
 * When the keys that sign access tokens change their state. Every verifier must hold a key before
 * anything is signed with it, and must hold it until the last token it signed is too old.
 */
export type KeyState = 'next' | 'active' | 'retiring' | 'retired';

export interface RotatingKey {
  kid: string;
  state: KeyState;
  /** Milliseconds since 1970 at which it came into this state. */
  sinceMs: number;
}

export interface RotationPolicy {
  /** How long a key signs before the next one takes over. */
  activeMs: number;
  /** How long a key is published before it may sign: longer than verifiers take to learn of it. */
  publishedMs: number;
  /** The same in a hurry: our own processes learn within seconds, strangers may not have yet. */
  hurriedMs: number;
  /** How long a key still verifies: longer than any token lives. */
  retiringMs: number;
}

export type Urgency =
  /** What the calendar says. */
  | 'due'
  /** The next key takes over as soon as everybody knows it. */
  | 'now'
  /** The active key is in wrong hands: nothing it signed is believed any more. */
  | 'compromised';

export interface KeyMove {
  kid: string;
  to: KeyState;
}

const minute = 60_000;

export const rotationPolicy: RotationPolicy = {
  activeMs: 30 * 24 * 60 * minute,
  // Strangers keep the published set for five minutes.
  publishedMs: 10 * minute,
  hurriedMs: 15_000,
  retiringMs: 30 * minute,
};

/**
 * The moves that are due, in the order in which they must happen. A move to `next` of the id `new`
 * asks for a fresh key. Given one active key the result leaves exactly one active key.
 */
export function dueMoves(
  keys: readonly RotatingKey[],
  when: { nowMs: number; urgency: Urgency; policy?: RotationPolicy },
): KeyMove[] {
  const { nowMs, urgency, policy = rotationPolicy } = when;
  const age = (key: RotatingKey) => nowMs - key.sinceMs;
  const retired = keys
    .filter((key) => key.state === 'retiring' && age(key) >= policy.retiringMs)
    .map(({ kid }): KeyMove => ({ kid, to: 'retired' }));
  const active = keys.find(({ state }) => state === 'active');
  const next = keys.find(({ state }) => state === 'next');
  const prepared: KeyMove[] = next === undefined ? [{ kid: newKey, to: 'next' }] : [];
  if (active === undefined) return [...retired, ...prepared];
  const taken = takeOver(active, next, urgency);
  const isDue = urgency !== 'due' || age(active) >= policy.activeMs;
  const publishedMs = urgency === 'due' ? policy.publishedMs : policy.hurriedMs;
  const isKnown = next !== undefined && age(next) >= publishedMs;
  if (urgency === 'compromised' || (isDue && isKnown)) return [...retired, ...taken];
  return [...retired, ...prepared];
}

/** The id that stands for a key that is yet to be made. */
export const newKey = 'new';

/** The old key steps down before the new one steps up: two may never be active. */
function takeOver(active: RotatingKey, next: RotatingKey | undefined, urgency: Urgency): KeyMove[] {
  const down: KeyState = urgency === 'compromised' ? 'retired' : 'retiring';
  const stepDown: KeyMove = { kid: active.kid, to: down };
  if (next === undefined) return [stepDown, { kid: newKey, to: 'active' }];
  return [stepDown, { kid: next.kid, to: 'active' }, { kid: newKey, to: 'next' }];
}
