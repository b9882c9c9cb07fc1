/** One seed: operations side by side, kills in between, and the verdict once everything rests. */
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, type Random } from '../statements/random.ts';
import { chaosRules } from './faults.ts';
import { askFor, drawWish, type Wish } from './people.ts';
import type { Business, ChaosStack, Victim } from './stack.ts';
import { judge, underWay } from './verdict.ts';

export interface SeedResult {
  seed: number;
  ops: number;
  kills: number;
  /** Effects the provider applied against the rules of good behaviour. */
  faults: number;
  lost: number;
  doubled: number;
  unresolved: number;
  invariantViolations: number;
  digest: string;
  ok: boolean;
  seconds: number;
  /** The first few broken things in words; empty when all is well. */
  details: string[];
}

const atATime = 6;
const restWithinMs = 180_000;

/** Plays a seed to its end. The seed decides wishes, faults and kills; timing is the machine's. */
export async function playSeed(
  chaos: ChaosStack,
  { seed, ops, killCount }: { seed: number; ops: number; killCount: number },
): Promise<SeedResult> {
  const startedMs = Date.now();
  const random = createRandom(seed, 'chaos');
  const business = await chaos.newBusiness(String(700_000 + (seed % 100_000)));
  chaos.twin.world.rules.replace(chaosRules(random, business.number));
  const wishes = Array.from({ length: ops }, (_, serial) => drawWish(random, serial));
  const killsAt = drawKills(random, ops, killCount);
  await grant(chaos, business, wishes, killsAt);
  await rest(chaos, business);
  const verdict = await judge({
    sql: chaos.stack.database.asOwner,
    tenantId: business.tenantId,
    entries: chaos.twin.world.book.entries.filter((e) => e.shortcode === business.number),
  });
  const { lost, doubled, unresolved, invariantViolations, digest } = verdict;
  const details = [...lost, ...doubled, ...unresolved, ...invariantViolations];
  return {
    ...{ seed, ops, kills: killsAt.size, faults: faultsOf(chaos) },
    ...{ lost: lost.length, doubled: doubled.length, unresolved: unresolved.length },
    ...{ invariantViolations: invariantViolations.length, digest, ok: details.length === 0 },
    seconds: Math.round((Date.now() - startedMs) / 100) / 10,
    details: details.slice(0, 10),
  };
}

function drawKills(random: Random, ops: number, killCount: number): Map<number, Victim> {
  const kills = new Map<number, Victim>();
  while (kills.size < Math.min(killCount, ops)) {
    kills.set(random.int(1, ops - 1), random.chance(0.6) ? 'workers' : 'gateway');
  }
  return kills;
}

/** Several people take wishes from one list; who reaches a kill strikes before going on. */
async function grant(
  chaos: ChaosStack,
  business: Business,
  wishes: readonly Wish[],
  killsAt: ReadonlyMap<number, Victim>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let serial = next++; serial < wishes.length; serial = next++) {
      const wish = wishes[serial];
      const victim = killsAt.get(serial);
      const striking = victim === undefined ? undefined : chaos.strike(victim);
      if (wish !== undefined) await fulfil(chaos, business, wish);
      await striking;
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
}

async function fulfil(chaos: ChaosStack, business: Business, wish: Wish): Promise<void> {
  if (wish.kind !== 'payment') {
    const granted = await askFor(business, wish);
    if (granted.id === null) {
      throw new Error(`a ${wish.kind} was refused with ${granted.status}: ${granted.text}`);
    }
    return;
  }
  const { msisdn, amountCents, accountReference } = wish;
  await fetch(`${chaos.twin.adminUrl}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ shortcode: business.number, msisdn, amountCents, accountReference }),
  });
}

/** Longer than the provider ever holds a callback back. */
const quietRoundsMin = 8;
const roundMs = 500;

/**
 * Waits until nothing is under way, lets the product look for payments that nobody told it of, as
 * its calendar would within minutes, and waits for what follows from that.
 */
async function rest(chaos: ChaosStack, business: Business): Promise<void> {
  const untilMs = Date.now() + restWithinMs;
  await quiet(chaos, business, untilMs);
  await lookForMissed(chaos, business, untilMs);
  await quiet(chaos, business, untilMs);
}

async function lookForMissed(
  { stack }: ChaosStack,
  { tenantId }: Business,
  untilMs: number,
): Promise<void> {
  const { asOwner } = stack.database;
  const sinceMs = Date.now();
  await stack.runSchedule('pulls');
  while (Date.now() < untilMs) {
    const [row] = await asOwner(
      `select bool_and(coalesce(extract(epoch from pulled_until) * 1000, 0) >= $2) as done
       from shared.shortcodes where tenant_id = $1`,
      [tenantId, sinceMs],
    );
    if (row?.['done'] === true) return;
    await delay(roundMs);
  }
}

/** Waits until nothing has been under way for a while, or the patience ends. */
async function quiet(chaos: ChaosStack, business: Business, untilMs: number): Promise<void> {
  let quietRounds = 0;
  while (Date.now() < untilMs && quietRounds < quietRoundsMin) {
    const left = await underWay(chaos.stack.database.asOwner, business.tenantId);
    quietRounds = left === 0 ? quietRounds + 1 : 0;
    await delay(roundMs);
  }
}

function faultsOf(chaos: ChaosStack): number {
  return chaos.twin.world.rules
    .list()
    .filter(({ effect }) => effect.kind !== 'no-dedupe')
    .reduce((sum, { applied }) => sum + applied, 0);
}
