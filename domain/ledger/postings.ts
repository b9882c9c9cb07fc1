/** What postings do to accounts, and whether the accounts can bear it. Pure, and tried against a model. */
import { add, cents, negate, subtract, zero, type Cents } from '../money.ts';
import type { AccountKind, AccountRef, Posting } from './terms.ts';

declare const keyBrand: unique symbol;
/** One spelling per account, for maps and sorting. */
export type AccountKey = string & { readonly [keyBrand]: true };

export function accountKey({ kind, owner }: AccountRef): AccountKey {
  return `${kind}:${owner}` as AccountKey;
}

/** Accounts that may go below zero whatever moves them. */
const unbounded: ReadonlySet<AccountKind> = new Set(['outside', 'adjustment']);

export function isUnbounded(kind: AccountKind): boolean {
  return unbounded.has(kind);
}

/** One line of the journal: negative leaves the account, positive enters it. */
export interface Leg {
  leg: number;
  account: AccountRef;
  amountCents: Cents;
}

/** Two legs a posting, numbered from 1; together they are zero. */
export function legsOf(postings: readonly Posting[]): Leg[] {
  return postings.flatMap(({ from, to, amountCents }, index) => [
    { leg: 2 * index + 1, account: from, amountCents: negate(amountCents) },
    { leg: 2 * index + 2, account: to, amountCents },
  ]);
}

/** The postings that made these legs; throws when they are not pairs, because then the journal is damaged. */
export function postingsOf(legs: readonly Leg[]): Posting[] {
  const sorted = [...legs].sort((a, b) => a.leg - b.leg);
  const postings: Posting[] = [];
  for (let index = 0; index < sorted.length; index += 2) {
    const [from, to] = [sorted[index], sorted[index + 1]];
    if (from === undefined || to === undefined || from.amountCents !== negate(to.amountCents))
      throw new Error('the legs of a transaction are not pairs');
    postings.push({ from: from.account, to: to.account, amountCents: to.amountCents });
  }
  return postings;
}

/** Throws on what no caller may ask for: nothing to move, amounts not above zero, an account paying itself. */
export function assertPostings(postings: readonly Posting[]): void {
  if (postings.length === 0) throw new RangeError('a transaction needs at least one posting');
  for (const { from, to, amountCents } of postings) {
    if (cents(amountCents) <= 0) throw new RangeError(`a posting moves more than ${amountCents}`);
    if (accountKey(from) === accountKey(to))
      throw new RangeError(`a posting cannot move money within ${accountKey(from)}`);
  }
}

/** The postings that undo these, last first. */
export function reversalOf(postings: readonly Posting[]): Posting[] {
  return postings
    .map(({ from, to, amountCents }) => ({ from: to, to: from, amountCents }))
    .reverse();
}

/** What a transaction does to one account. */
export interface Effect {
  account: AccountRef;
  netCents: Cents;
  /** The part that leaves as a charge of M-PESA, which takes it whether the money is there or not. */
  chargedCents: Cents;
  /** Whether any posting takes from the account. */
  isDebited: boolean;
}

export function effectsOf(postings: readonly Posting[]): Map<AccountKey, Effect> {
  const effects = new Map<AccountKey, Effect>();
  for (const { from, to, amountCents } of postings) {
    const debited = effectOn(effects, from);
    debited.netCents = subtract(debited.netCents, amountCents);
    debited.isDebited = true;
    if (to.kind === 'charges') debited.chargedCents = add(debited.chargedCents, amountCents);
    const credited = effectOn(effects, to);
    credited.netCents = add(credited.netCents, amountCents);
  }
  return effects;
}

function effectOn(effects: Map<AccountKey, Effect>, account: AccountRef): Effect {
  const key = accountKey(account);
  const effect = effects.get(key) ?? {
    account,
    netCents: zero,
    chargedCents: zero,
    isDebited: false,
  };
  effects.set(key, effect);
  return effect;
}

export interface Held {
  balanceCents: Cents;
  reservedCents: Cents;
  /** What was reserved for the very postings that are applied: it is theirs whatever else happened. */
  promisedCents?: Cents;
}

/** What may be spent. */
export function availableOf({ balanceCents, reservedCents }: Held): Cents {
  return subtract(balanceCents, reservedCents);
}

/**
 * Whether the account can bear the effect: what it spends has to be there and not reserved for
 * somebody else. Only a charge may take `utility` below zero, and money that enters is never refused.
 */
export function canBear(held: Held, { account, netCents, chargedCents }: Effect): boolean {
  if (isUnbounded(account.kind)) return true;
  const spent = account.kind === 'utility' ? add(netCents, chargedCents) : netCents;
  if (spent >= 0 || add(availableOf(held), spent) >= 0) return true;
  return held.promisedCents !== undefined && add(held.promisedCents, spent) >= 0;
}

export type Applied = { ok: true } | { ok: false; account: AccountRef };

/**
 * Moves the balances of `book` by the postings, or changes nothing and names the account that cannot
 * bear them. An account that is not in the book counts as one that need not be asked.
 */
export function applyPostings(book: Map<AccountKey, Held>, postings: readonly Posting[]): Applied {
  const effects = effectsOf(postings);
  for (const [key, effect] of effects) {
    const held = book.get(key);
    if (held !== undefined && !canBear(held, effect)) return { ok: false, account: effect.account };
  }
  for (const [key, effect] of effects) {
    const held = book.get(key);
    if (held === undefined) continue;
    book.set(key, { ...held, balanceCents: add(held.balanceCents, effect.netCents) });
  }
  return { ok: true };
}
