/**
 * A ledger in memory, driven by a seed: the rules of `domain/ledger` with a naive book beside them
 * that only adds up what was accepted. Nothing here shares code with the rules but the types.
 */
import { legsOf, applyPostings, accountKey, reversalOf } from '../../../domain/ledger/postings.ts';
import type { AccountKey, Held } from '../../../domain/ledger/postings.ts';
import {
  charged,
  moved,
  paidOut,
  received,
  receivedUnallocated,
  allocated,
  keptForCustomer,
  refunded,
} from '../../../domain/ledger/movements.ts';
import type { Posting } from '../../../domain/ledger/terms.ts';
import { cents, zero } from '../../../domain/money.ts';

export type Random = () => number;

/** Mulberry32: the same numbers for the same seed, everywhere. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Reservation {
  account: AccountKey;
  amount: number;
  postings: readonly Posting[];
}

export interface Simulation {
  operations: number;
  accepted: number;
  refused: number;
  digest: string;
}

/** Runs `count` operations of one seed; throws with the seed and the operation when a rule breaks. */
export function simulate(seed: number, count: number): Simulation {
  const random = randomOf(seed);
  const book = new Map<AccountKey, Held>();
  const naive = new Map<string, number>();
  const history: Posting[][] = [];
  const undone = new Set<number>();
  const open: Reservation[] = [];
  let [accepted, refused, chargesTotal] = [0, 0, 0];
  const pick = (size: number) => Math.floor(random() * size);

  function post(postings: readonly Posting[], release?: Reservation): boolean {
    for (const { from, to } of postings)
      for (const ref of [from, to]) {
        const key = accountKey(ref);
        if (!book.has(key)) book.set(key, { balanceCents: zero, reservedCents: zero });
      }
    const before = JSON.stringify([...book]);
    if (release !== undefined) change(release.account, -release.amount, release.amount);
    const applied = applyPostings(book, postings);
    if (release !== undefined) settle(release, applied.ok);
    if (!applied.ok) {
      if (JSON.stringify([...book]) !== before) throw new Error('a refusal left a trace');
      refused += 1;
      return false;
    }
    for (const { account, amountCents } of legsOf(postings)) {
      const key = accountKey(account);
      naive.set(key, (naive.get(key) ?? 0) + amountCents);
      if (account.kind === 'charges' && amountCents > 0) chargesTotal += amountCents;
    }
    history.push([...postings]);
    accepted += 1;
    return true;
  }

  function change(key: AccountKey, by: number, promised: number): void {
    const held = book.get(key);
    if (held === undefined) throw new Error(`no account ${key}`);
    book.set(key, {
      ...held,
      reservedCents: cents(held.reservedCents + by),
      promisedCents: cents(promised),
    });
  }

  function settle({ account, amount }: Reservation, isCommitted: boolean): void {
    const held = book.get(account);
    if (held === undefined) throw new Error(`no account ${account}`);
    const { balanceCents } = held;
    const reservedCents = cents(held.reservedCents + (isCommitted ? 0 : amount));
    book.set(account, { balanceCents, reservedCents });
  }

  for (let operation = 0; operation < count; operation += 1) {
    const shortcodeId = `s${pick(2)}`;
    const customerId = `c${pick(5)}`;
    const amountCents = cents(1 + pick(10_000));
    switch (pick(11)) {
      case 0:
      case 1:
        post(received({ shortcodeId, amountCents }));
        break;
      case 2:
        post(receivedUnallocated({ shortcodeId, amountCents }));
        break;
      case 3:
        post(allocated({ shortcodeId, amountCents, ...(random() < 0.5 ? { customerId } : {}) }));
        break;
      case 4:
        post(paidOut({ shortcodeId, amountCents, chargeCents: cents(pick(60)) }));
        break;
      case 5:
        post(charged({ shortcodeId, amountCents: cents(1 + pick(60)) }));
        break;
      case 6:
        post(moved({ shortcodeId, amountCents, from: 'utility', to: 'working' }));
        break;
      case 7:
        post(keptForCustomer({ shortcodeId, amountCents, customerId }));
        post(
          refunded({
            shortcodeId,
            amountCents: cents(1 + pick(5_000)),
            from: { kind: 'customer', owner: customerId },
          }),
        );
        break;
      case 8: {
        const chosen = pick(history.length + 1);
        const postings = history[chosen];
        if (postings !== undefined && !undone.has(chosen) && post(reversalOf(postings)))
          undone.add(chosen);
        break;
      }
      case 9: {
        const account = accountKey({ kind: 'utility', owner: shortcodeId });
        const held = book.get(account);
        if (held === undefined || held.balanceCents - held.reservedCents < amountCents) break;
        book.set(account, { ...held, reservedCents: cents(held.reservedCents + amountCents) });
        open.push({
          account,
          amount: amountCents,
          postings: paidOut({ shortcodeId, amountCents, chargeCents: cents(pick(40)) }),
        });
        break;
      }
      default: {
        const [reservation] = open.splice(pick(open.length), 1);
        if (reservation === undefined) break;
        if (random() < 0.4) settleVoid(reservation);
        else if (!post(reservation.postings, reservation))
          throw new Error('a promise was not kept');
      }
    }
    check();
  }
  const digest = [...naive]
    .sort()
    .map(([key, amount]) => `${key}=${amount}`)
    .join();
  return { operations: count, accepted, refused, digest };

  function settleVoid({ account, amount }: Reservation): void {
    const held = book.get(account);
    if (held !== undefined)
      book.set(account, {
        balanceCents: held.balanceCents,
        reservedCents: cents(held.reservedCents - amount),
      });
  }

  /** Sums are zero, nothing is lost, holds equal reservations, and nobody is below zero but for charges. */
  function check(): void {
    let total = 0;
    for (const [key, held] of book) {
      total += held.balanceCents;
      if (held.balanceCents !== (naive.get(key) ?? 0)) throw new Error(`${key} lost an update`);
      const holds = open
        .filter(({ account }) => account === key)
        .reduce((sum, { amount }) => sum + amount, 0);
      if (held.reservedCents !== holds)
        throw new Error(`${key} holds ${held.reservedCents}, not ${holds}`);
      const available = held.balanceCents - held.reservedCents;
      const mayOwe = key.startsWith('utility') ? chargesTotal : 0;
      if (!key.startsWith('outside') && available < -mayOwe)
        throw new Error(`${key} is at ${available}`);
    }
    if (total !== 0) throw new Error(`the book sums to ${total}`);
  }
}
