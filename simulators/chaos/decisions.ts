/**
 * Money without machines: random operations at an imagined provider, every word about them in any
 * order, and the product's own decisions (decision tables, state machine, postings) applied word by
 * word to a ledger in memory. What is broken is described; nothing broken means an empty list.
 */
import { decide } from '../../domain/collections/decide.ts';
import { provisionalMs } from '../../domain/collections/wait-ladder.ts';
import type { Witness } from '../../domain/collections/terms.ts';
import { decideStanding, type Evidence } from '../../domain/disbursements/decide.ts';
import { canBecome } from '../../domain/disbursements/status.ts';
import type { DisbursementStatus } from '../../domain/disbursements/terms.ts';
import { outside, paidOut, purse, received } from '../../domain/ledger/movements.ts';
import { accountKey, applyPostings, type Held } from '../../domain/ledger/postings.ts';
import type { AccountKey } from '../../domain/ledger/postings.ts';
import { add, cents, sum, type Cents } from '../../domain/money.ts';
import { createRandom, type Random } from '../statements/random.ts';
import {
  drawPayout,
  drawPush,
  type PayoutTruth,
  type PushTruth,
  type Word,
} from './random-truth.ts';

export interface SimulationResult {
  seed: number;
  words: number;
  paidCents: Cents;
  violations: string[];
}

const shortcodeId = 'simulated';
const opening = cents(50_000_000);

interface Push extends PushTruth {
  heard: Witness[];
  status: 'open' | 'paid' | 'refused' | 'expired';
  credits: number;
}

interface Payout extends PayoutTruth {
  heard: Evidence[];
  status: DisbursementStatus;
  sendings: number;
  reservation: 'none' | 'open' | 'committed' | 'voided';
}

interface World {
  book: Map<AccountKey, Held>;
  pushes: Push[];
  payouts: Payout[];
  violations: string[];
}

interface Happening {
  atMs: number;
  order: number;
  run(nowMs: number): void;
}

/** Plays `operations` operations of one seed to their end. */
export function simulateDecisions(seed: number, operations: number): SimulationResult {
  const random = createRandom(seed, 'decisions');
  const world = openWorld();
  const happenings = plan(world, random, operations);
  happenings.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  for (const { atMs, run } of happenings) run(atMs);
  const endMs = (happenings.at(-1)?.atMs ?? 0) + provisionalMs + 1;
  for (const push of world.pushes) settlePush(world, push, endMs);
  compareWithTruth(world);
  const paidCents = sum(world.pushes.filter(({ isPaid }) => isPaid).map((p) => p.amountCents));
  return { seed, words: happenings.length, paidCents, violations: world.violations };
}

function openWorld(): World {
  const book = new Map<AccountKey, Held>();
  for (const account of [outside(shortcodeId), purse(shortcodeId)]) {
    book.set(accountKey(account), { balanceCents: cents(0), reservedCents: cents(0) });
  }
  applyPostings(book, received({ shortcodeId, amountCents: opening }));
  return { book, pushes: [], payouts: [], violations: [] };
}

function plan(world: World, random: Random, operations: number): Happening[] {
  const happenings: Happening[] = [];
  const at = (atMs: number, run: (nowMs: number) => void) =>
    happenings.push({ atMs, order: random.next(), run });
  for (let serial = 0; serial < operations; serial += 1) {
    const startMs = serial * 1_000;
    if (random.chance(0.6)) planPush(world, drawPush(random, startMs, serial), at);
    else planPayout(world, { random, startMs, serial }, at);
  }
  return happenings;
}

type At = (atMs: number, run: (nowMs: number) => void) => void;

function planPush(world: World, truth: PushTruth, at: At): void {
  const push: Push = { ...truth, heard: [], status: 'open', credits: 0 };
  world.pushes.push(push);
  for (const { atMs, said } of truth.words) {
    at(atMs, (nowMs) => {
      push.heard.push(said);
      settlePush(world, push, nowMs);
    });
  }
}

function planPayout(
  world: World,
  { random, startMs, serial }: { random: Random; startMs: number; serial: number },
  at: At,
): void {
  const truth = drawPayout(random, startMs, serial);
  const payout: Payout = {
    ...{ ...truth, heard: [], status: 'requested' as const },
    ...{ sendings: 0, reservation: 'none' as const },
  };
  world.payouts.push(payout);
  at(startMs, () => sendPayout(world, payout));
  for (const word of truth.words) hear(world, payout, word, at);
}

/** Reserve, send once; a worker that dies and comes back asks again and must not send again. */
function sendPayout(world: World, payout: Payout): void {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (payout.status !== 'requested') continue;
    if (!reserveFor(world, payout)) return become(world, payout, 'refused');
    become(world, payout, 'reserved');
    become(world, payout, 'sending');
    payout.sendings += 1;
  }
}

function hear(world: World, payout: Payout, { atMs, said }: Word<Evidence>, at: At): void {
  at(atMs, () => {
    if (payout.sendings === 0) return;
    payout.heard.push(said);
    const standing = decideStanding(payout.heard);
    if (standing.status !== payout.status) become(world, payout, standing.status);
    if (payout.status === 'paid') commit(world, payout);
    if (payout.status === 'refused') release(world, payout);
  });
}

function become(world: World, payout: Payout, to: DisbursementStatus): void {
  if (!canBecome(payout.status, to)) {
    world.violations.push(`payout ${payout.receipt} went from ${payout.status} to ${to}`);
  }
  payout.status = to;
}

function settlePush(world: World, push: Push, nowMs: number): void {
  const { verdict, receipts } = decide(push.heard, { nowMs, provisionalMs });
  if (push.status === 'paid' && verdict !== 'paid') {
    world.violations.push(`push ${push.receipt} was paid and became ${verdict}`);
  }
  push.status = verdict;
  if (verdict !== 'paid' || push.credits > 0 || receipts.length === 0) return;
  push.credits += 1;
  const { amountCents } = push;
  if (!applyPostings(world.book, received({ shortcodeId, amountCents })).ok) {
    world.violations.push(`the ledger refused the money of ${push.receipt}`);
  }
}

function heldOf(world: World): Held {
  const held = world.book.get(accountKey(purse(shortcodeId)));
  if (held === undefined) throw new Error('the book has no purse');
  return held;
}

function reserveFor(world: World, payout: Payout): boolean {
  const held = heldOf(world);
  const reservedCents = add(held.reservedCents, payout.amountCents);
  if (reservedCents > held.balanceCents) return false;
  world.book.set(accountKey(purse(shortcodeId)), { ...held, reservedCents });
  payout.reservation = 'open';
  return true;
}

function unreserve(world: World, payout: Payout, to: Payout['reservation']): void {
  const held = heldOf(world);
  const reservedCents = cents(held.reservedCents - payout.amountCents);
  world.book.set(accountKey(purse(shortcodeId)), { ...held, reservedCents });
  payout.reservation = to;
}

function commit(world: World, payout: Payout): void {
  if (payout.reservation === 'committed') return;
  const { amountCents } = payout;
  const wasOpen = payout.reservation === 'open';
  if (wasOpen) unreserve(world, payout, 'committed');
  // A refusal that turned out to be wrong: the money has left, whatever was released before.
  payout.reservation = 'committed';
  const held = heldOf(world);
  const promised = { ...held, promisedCents: amountCents };
  world.book.set(accountKey(purse(shortcodeId)), promised);
  if (!applyPostings(world.book, paidOut({ shortcodeId, amountCents })).ok) {
    world.violations.push(`the ledger refused payout ${payout.receipt}`);
  }
  const { promisedCents: _kept, ...after } = heldOf(world);
  world.book.set(accountKey(purse(shortcodeId)), after);
}

function release(world: World, payout: Payout): void {
  if (payout.reservation === 'open') unreserve(world, payout, 'voided');
}

/** What must hold once every word has been heard. */
function compareWithTruth({ book, pushes, payouts, violations }: World): void {
  for (const push of pushes) {
    if ((push.status === 'paid') !== push.isPaid) {
      violations.push(`push ${push.receipt} ended ${push.status}, truth: ${push.isPaid}`);
    }
    if (push.credits !== (push.isPaid ? 1 : 0)) {
      violations.push(`push ${push.receipt} was credited ${push.credits} times`);
    }
  }
  for (const payout of payouts) {
    if (payout.sendings > 1) violations.push(`payout ${payout.receipt} was sent twice`);
    if (payout.sendings === 0) continue;
    const wanted = payout.isPaid ? ['paid', 'committed'] : ['refused', 'voided'];
    if (payout.status !== wanted[0] || payout.reservation !== wanted[1]) {
      violations.push(
        `payout ${payout.receipt} ended ${payout.status}/${payout.reservation}, not ${wanted.join('/')}`,
      );
    }
  }
  const moneyIn = sum(pushes.filter(({ isPaid }) => isPaid).map((p) => p.amountCents));
  const sent = payouts.filter((p) => p.sendings > 0 && p.isPaid);
  const left = cents(opening + moneyIn - sum(sent.map((p) => p.amountCents)));
  const held = book.get(accountKey(purse(shortcodeId)));
  if (held?.balanceCents !== left || held.reservedCents !== 0) {
    violations.push(
      `the purse holds ${held?.balanceCents}, reserved ${held?.reservedCents}, not ${left}`,
    );
  }
  const total = sum([...book.values()].map(({ balanceCents }) => balanceCents));
  if (total !== 0) violations.push(`all balances sum to ${total}`);
}
