/** The running balance of one account, group by group, in the direction the file runs. */
import { fitGroup, possibleStarts, totalOf, unexplained } from './chain-group.ts';
import type { ChainStep } from './chain-group.ts';
import type { RowPointer } from './terms.ts';

/** 1 when the file runs oldest first, -1 when it runs newest first. */
export type ChainDirection = 1 | -1;

export interface ChainGap {
  /** `between`: two neighbouring groups disagree. `balance`: these rows alone print a wrong balance. */
  kind: 'between' | 'balance';
  rows: readonly RowPointer[];
  /** What the neighbouring rows lead to. */
  expected: number;
  /** What these rows print. */
  found: number;
}

export interface AccountChain {
  add(step: ChainStep): void;
  finish(): { opening: number | undefined; closing: number | undefined };
}

export interface ChainListener {
  onLink(): void;
  onGap(gap: ChainGap): void;
  /** The latest gap turned out to be the balance of the rows between two gaps. */
  onRefinedGap(gap: ChainGap): void;
  onNote(rows: readonly RowPointer[]): void;
}

/** A possible balance at the edge reached so far, and the edge of the file it goes back to. */
interface Edge {
  reached: number;
  origin: number;
}

interface ChainState {
  edges: Edge[];
  previous: readonly ChainStep[];
  skipped: number;
  lastGap: { found: number; expected: number; steps: readonly ChainStep[] } | undefined;
}

/**
 * Follows one account. Neighbouring rows of one second or one receipt form a group; each group must
 * start where the one before it ended. Memory holds one group and the gap before it.
 */
export function createAccountChain(
  direction: ChainDirection,
  listener: ChainListener,
): AccountChain {
  const state: ChainState = { edges: [], previous: [], skipped: 0, lastGap: undefined };
  let group: ChainStep[] = [];
  const close = () => {
    if (group.length > 0) closeGroup(state, group, { direction, listener });
    group = [];
  };
  return {
    add(step) {
      const last = group.at(-1);
      if (last && !belongTogether(last, step)) close();
      group.push(step);
    },
    finish() {
      close();
      const reached = only(state.edges.map((edge) => edge.reached));
      const origin = only(state.edges.map((edge) => edge.origin));
      return direction === 1
        ? { opening: origin, closing: reached }
        : { opening: reached, closing: origin };
    },
  };
}

function belongTogether(a: ChainStep, b: ChainStep): boolean {
  return a.at === b.at || (a.receipt !== '' && a.receipt === b.receipt);
}

function only(values: readonly number[]): number | undefined {
  return new Set(values).size === 1 ? values[0] : undefined;
}

interface Run {
  direction: ChainDirection;
  listener: ChainListener;
}

function closeGroup(state: ChainState, group: readonly ChainStep[], run: Run): void {
  const moved = run.direction * totalOf(group);
  const isPrinted = group.some((step) => step.balance !== undefined);
  if (!isPrinted) skipGroup(state, moved);
  else if (state.edges.length === 0) beginWith(state, group, run);
  else if (!follow(state, group, run)) breakAt(state, group, run);
  if (isPrinted) state.previous = group;
}

/** Without printed balances a group only moves the edge on. */
function skipGroup(state: ChainState, moved: number): void {
  state.skipped += moved;
  state.edges = state.edges.map((edge) => ({ ...edge, reached: edge.reached + moved }));
}

function beginWith(state: ChainState, group: readonly ChainStep[], run: Run): void {
  state.edges = edgesOf(group, run.direction).map(({ near, far }) => ({
    reached: far,
    origin: near - state.skipped,
  }));
  const [start] = possibleStarts(group);
  if (start !== undefined && fitGroup(group, start) === 'none') {
    run.listener.onGap(innerGap(group, start));
  }
}

/** The balances ahead of and after a group in file order, by its own figures. */
function edgesOf(group: readonly ChainStep[], direction: ChainDirection) {
  const total = totalOf(group);
  return possibleStarts(group).map((start) =>
    direction === 1 ? { near: start, far: start + total } : { near: start + total, far: start },
  );
}

function follow(state: ChainState, group: readonly ChainStep[], run: Run): boolean {
  const total = totalOf(group);
  const startOf = (edge: Edge) => (run.direction === 1 ? edge.reached : edge.reached - total);
  const judged = state.edges.map((edge) => ({ edge, fit: fitGroup(group, startOf(edge)) }));
  const exact = judged.filter((entry) => entry.fit === 'exact');
  const fitting = exact.length > 0 ? exact : judged.filter((entry) => entry.fit === 'loose');
  if (fitting.length === 0) return false;
  if (exact.length === 0) run.listener.onNote(group.map((step) => step.pointer));
  run.listener.onLink();
  const moved = run.direction * total;
  state.edges = fitting.map(({ edge }) => ({ ...edge, reached: edge.reached + moved }));
  state.lastGap = undefined;
  return true;
}

function breakAt(state: ChainState, group: readonly ChainStep[], run: Run): void {
  const [edge] = state.edges;
  if (!edge) return;
  const total = totalOf(group);
  const start = run.direction === 1 ? edge.reached : edge.reached - total;
  if (group.length > 1 && group.some((step) => step.balance === start + total)) {
    // The group closes where it should; only a balance inside it is wrong.
    run.listener.onGap(innerGap(group, start));
    state.edges = [{ ...edge, reached: edge.reached + run.direction * total }];
    state.lastGap = undefined;
    return;
  }
  const own = edgesOf(group, run.direction);
  const found = own.reduce((best, { near }) => closer(edge.reached, best, near), own[0]?.near ?? 0);
  reportGap(state, group, { found, expected: edge.reached, listener: run.listener });
  state.edges = own.map(({ far }) => ({ reached: far, origin: edge.origin }));
}

function closer(target: number, a: number, b: number): number {
  return Math.abs(b - target) < Math.abs(a - target) ? b : a;
}

/** Two neighbouring gaps that cancel out mean the rows between them print a wrong balance. */
function reportGap(
  state: ChainState,
  group: readonly ChainStep[],
  gap: { found: number; expected: number; listener: ChainListener },
): void {
  const { found, expected, listener } = gap;
  const { lastGap } = state;
  const isCancelled =
    lastGap !== undefined && lastGap.found - lastGap.expected === expected - found;
  if (isCancelled) {
    const { expected: right, found: printed } = lastGap;
    const rows = pointersOf(lastGap.steps);
    listener.onRefinedGap({ kind: 'balance', rows, expected: right, found: printed });
    state.lastGap = undefined;
    return;
  }
  const rows = [...pointersOf(state.previous.slice(-groupRowsNamed)), ...pointersOf(group)];
  listener.onGap({ kind: 'between', rows, expected, found });
  state.lastGap = { found, expected, steps: group };
}

const groupRowsNamed = 6;

function pointersOf(steps: readonly ChainStep[]): RowPointer[] {
  return steps.slice(0, groupRowsNamed).map((step) => step.pointer);
}

function innerGap(group: readonly ChainStep[], start: number): ChainGap {
  const odd = unexplained(group, start);
  const [first] = odd;
  const steps = odd.length > 0 ? odd.map((entry) => entry.step) : group;
  const expected = first?.nearest ?? start;
  return {
    kind: 'balance',
    rows: pointersOf(steps),
    expected,
    found: first?.step.balance ?? start,
  };
}
