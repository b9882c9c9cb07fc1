/**
 * Rows of one second, or of one receipt, may be printed in another order than the account moved.
 * Each row is a step from the balance before it to the balance it prints; an order that fits exists
 * exactly when the steps form one trail that uses every step once (Euler's condition on a directed
 * graph), so no permutations have to be tried.
 */
import type { RowPointer } from './terms.ts';

/** One completed row as the chain sees it; cents as plain numbers, because sums stay in here. */
export interface ChainStep {
  delta: number;
  balance: number | undefined;
  /** Empty when the row has none, or a bank's reference that many rows may share. */
  receipt: string;
  at: string;
  isFuliza: boolean;
  pointer: RowPointer;
}

export type GroupFit = 'exact' | 'loose' | 'none';

/** Subsets are listed for groups up to this size only: 64 sums at most. */
const smallGroup = 6;

export function totalOf(steps: readonly ChainStep[]): number {
  let total = 0;
  for (const step of steps) total += step.delta;
  return total;
}

/**
 * Whether the printed balances of a group are possible when the account held `before` ahead of it.
 * `loose`: no order fits, yet a row prints the closing balance and the others are explained by some
 * of the group's movements, or the group is a Fuliza set, whose inner balances are known to wander.
 */
export function fitGroup(steps: readonly ChainStep[], before: number): GroupFit {
  if (runs(steps, before, 1)) return 'exact';
  if (steps.length === 1) return 'none';
  if (runs(steps, before, -1)) return 'exact';
  if (hasTrail(steps, before) || hasTrail(mergedByBalance(steps), before)) return 'exact';
  const closing = before + totalOf(steps);
  if (!steps.some((step) => step.balance === closing)) return 'none';
  if (steps.some((step) => step.isFuliza)) return 'loose';
  return unexplained(steps, before).length === 0 ? 'loose' : 'none';
}

/** The printed order, forwards or backwards; rows without a balance only move it on. */
function runs(steps: readonly ChainStep[], before: number, direction: 1 | -1): boolean {
  let running = before;
  for (let n = 0; n < steps.length; n += 1) {
    const step = steps[direction === 1 ? n : steps.length - 1 - n];
    if (!step) continue;
    running += step.delta;
    if (step.balance !== undefined && step.balance !== running) return false;
  }
  return true;
}

function hasTrail(steps: readonly ChainStep[], before: number): boolean {
  const surplus = new Map<number, number>();
  const joined = new Map<number, number>();
  const bump = (value: number, by: number) => surplus.set(value, (surplus.get(value) ?? 0) + by);
  for (const step of steps) {
    if (step.balance === undefined) return false;
    const from = step.balance - step.delta;
    bump(from, 1);
    bump(step.balance, -1);
    joined.set(rootOf(joined, from), rootOf(joined, step.balance));
  }
  bump(before, -1);
  bump(before + totalOf(steps), 1);
  for (const left of surplus.values()) if (left !== 0) return false;
  const root = rootOf(joined, before);
  return steps.every((step) => rootOf(joined, step.balance ?? before) === root);
}

/** The representative of a value's connected part; paths are shortened on the way. */
function rootOf(joined: Map<number, number>, value: number): number {
  let root = value;
  for (let next = joined.get(root); next !== undefined && next !== root; next = joined.get(root)) {
    root = next;
  }
  if (!joined.has(root)) joined.set(root, root);
  for (let at = value; at !== root;) {
    const next = joined.get(at) ?? root;
    joined.set(at, root);
    at = next;
  }
  return root;
}

/** A payment and its charge may print one common balance: then they are one step. */
function mergedByBalance(steps: readonly ChainStep[]): ChainStep[] {
  const merged = new Map<string, ChainStep>();
  for (const [at, step] of steps.entries()) {
    const key = step.receipt === '' ? `${at}` : `${step.receipt} ${step.balance}`;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, delta: known.delta + step.delta } : step);
  }
  return [...merged.values()];
}

/**
 * Rows whose balance no choice of the group's movements, the row's own included, leads to; in a
 * large group the first row that leaves the printed order.
 */
export function unexplained(
  steps: readonly ChainStep[],
  before: number,
): { step: ChainStep; nearest: number }[] {
  if (steps.length > smallGroup) return firstDeparture(steps, before);
  const found: { step: ChainStep; nearest: number }[] = [];
  steps.forEach((step, at) => {
    const { balance } = step;
    if (balance === undefined) return;
    const others = steps.filter((_, index) => index !== at);
    const sums = subsetSums(others, before + step.delta);
    if (sums.includes(balance)) return;
    const closer = (a: number, b: number) =>
      Math.abs(b - balance) < Math.abs(a - balance) ? b : a;
    found.push({ step, nearest: sums.reduce(closer, before + step.delta) });
  });
  return found;
}

function firstDeparture(steps: readonly ChainStep[], before: number) {
  let running = before;
  for (const step of steps) {
    running += step.delta;
    if (step.balance !== undefined && step.balance !== running) return [{ step, nearest: running }];
    running = step.balance ?? running;
  }
  return [];
}

function subsetSums(steps: readonly ChainStep[], start: number): number[] {
  return steps.reduce((sums, step) => sums.concat(sums.map((sum) => sum + step.delta)), [start]);
}

/**
 * Balances the account can have had ahead of a group, judged by the group alone: those with the
 * best fit, or when none fits, the ones its outer rows would give. Empty without printed balances.
 */
export function possibleStarts(steps: readonly ChainStep[]): number[] {
  const total = totalOf(steps);
  const printed = steps.map((step) => step.balance).filter((balance) => balance !== undefined);
  if (printed.length === 0) return [];
  const outer = [printed[0] ?? 0, printed.at(-1) ?? 0];
  const closings = steps.length <= smallGroup ? printed : outer;
  const starts = new Set(closings.map((closing) => closing - total));
  if (steps.length > smallGroup) for (const start of trailStarts(steps)) starts.add(start);
  const judged = [...starts].map((start) => ({ start, fit: fitGroup(steps, start) }));
  for (const fit of ['exact', 'loose', 'none'] as const) {
    const fitting = judged.filter((entry) => entry.fit === fit).map((entry) => entry.start);
    if (fitting.length > 0) return fitting;
  }
  return [];
}

/** Where a trail through a large group would have to begin: the one value left more than entered. */
function trailStarts(steps: readonly ChainStep[]): number[] {
  const surplus = new Map<number, number>();
  for (const { balance, delta } of steps) {
    if (balance === undefined) continue;
    surplus.set(balance - delta, (surplus.get(balance - delta) ?? 0) + 1);
    surplus.set(balance, (surplus.get(balance) ?? 0) - 1);
  }
  const starts = [...surplus].filter(([, left]) => left === 1).map(([value]) => value);
  return starts.length === 1 ? starts : [];
}
