/** Reads the bodies of the admin API; a WishError's words go to whoever asked. */
import { cents } from '../../../domain/money.ts';
import type { Cents } from '../../../domain/money.ts';
import type { Effect, FaultRule } from '../faults/effects.ts';

export class WishError extends Error {}

type Body = Readonly<Record<string, unknown>>;

export function wantText(body: Body, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined) throw new WishError(`${name} is missing`);
  return value;
}

export function optionalText(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw new WishError(`${name} is not a text`);
  return value;
}

export function optionalFlag(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw new WishError(`${name} is not true or false`);
}

export function optionalCents(body: Body, name: string): Cents | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new WishError(`${name} is not a whole number of cents`);
  }
  return cents(value);
}

export function wantNumber(body: Body, name: string): number {
  const value = body[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new WishError(`${name} is not a number from 0`);
  }
  return value;
}

export function wantOneOf<T extends string>(body: Body, name: string, allowed: readonly T[]): T {
  const value = wantText(body, name);
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new WishError(`${name} is not one of ${allowed.join(', ')}`);
  return found;
}

export function wantMsisdn(body: Body, name: string): string {
  const value = wantText(body, name);
  if (!/^254[17]\d{8}$/.test(value))
    throw new WishError(`${name} is not a number like 254712345678`);
  return value;
}

const effectFields: Readonly<
  Record<Effect['kind'], Readonly<Record<string, 'number' | 'string' | 'boolean'>>>
> = {
  slow: { ms: 'number' },
  cut: {},
  timeout: {},
  refuse: { with: 'string' },
  'short-token': { ms: 'number' },
  result: { code: 'string' },
  phone: { action: 'string' },
  'success-after-failure': {},
  processing: { ms: 'number' },
  'no-dedupe': {},
  'queue-timeout': {},
  pending: { as: 'string' },
  'callback-lost': {},
  'callback-late': { ms: 'number' },
  'callback-duplicated': { times: 'number' },
  'callback-out-of-order': {},
  'callback-before-answer': {},
  'callback-malformed': { how: 'string' },
  'callback-forged': { how: 'string' },
  'callback-shape': { how: 'string' },
};

/** The kinds of effects, with the fields that each cannot do without. */
export const effectKinds = Object.entries(effectFields);

/** Checks a list of rules as far as a mistake in it would go unnoticed. */
export function wantRules(value: unknown): FaultRule[] {
  if (!Array.isArray(value)) throw new WishError('rules is not a list');
  return value.map((rule: unknown, index) => wantRule(rule, `rule ${index + 1}`));
}

function wantRule(value: unknown, place: string): FaultRule {
  if (!isRecord(value)) throw new WishError(`${place} is not an object`);
  const { match = {}, probability, effect, note } = value;
  if (!isRecord(match)) throw new WishError(`${place}: match is not an object`);
  if (probability !== undefined && !isProbability(probability)) {
    throw new WishError(`${place}: probability is not between 0 and 1`);
  }
  const checked = wantEffect(effect, place);
  return {
    match: match as FaultRule['match'],
    ...(typeof probability === 'number' && { probability }),
    effect: checked,
    ...(typeof note === 'string' && { note }),
  };
}

function wantEffect(value: unknown, place: string): Effect {
  if (!isRecord(value) || typeof value['kind'] !== 'string') {
    throw new WishError(`${place}: effect has no kind`);
  }
  const fields = effectKinds.find(([kind]) => kind === value['kind'])?.[1];
  if (fields === undefined) throw new WishError(`${place}: there is no effect ${value['kind']}`);
  for (const [name, type] of Object.entries(fields)) {
    if (typeof value[name] !== type)
      throw new WishError(`${place}: effect.${name} is not a ${type}`);
  }
  return value as Effect;
}

function isProbability(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
