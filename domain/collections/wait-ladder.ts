/**
 * How long a push is waited for, and when the provider is asked about it. Silence is never failure:
 * after the last step the collection is unresolved and reconciliation has it.
 */
export type WaitAct = 'query' | 'mark-unresolved' | 'recheck' | 'hand-over';

export interface WaitStep {
  /** Milliseconds after the push was sent. */
  atMs: number;
  act: WaitAct;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** After the prompt has lapsed on the handset (about 60 s) answers come within seconds. */
const steps: readonly WaitStep[] = [
  { atMs: 20 * second, act: 'query' },
  { atMs: 40 * second, act: 'query' },
  { atMs: 70 * second, act: 'query' },
  { atMs: 100 * second, act: 'query' },
  { atMs: 150 * second, act: 'query' },
  { atMs: 180 * second, act: 'mark-unresolved' },
  { atMs: 5 * minute, act: 'recheck' },
  { atMs: 30 * minute, act: 'recheck' },
  { atMs: 2 * hour, act: 'recheck' },
  { atMs: 24 * hour, act: 'recheck' },
  { atMs: 24 * hour, act: 'hand-over' },
];

/** The prompt is on the handset for about this long. */
export const promptMs: number = 60 * second;
/** From here on a collection without an answer is shown as unresolved. */
export const unresolvedAfterMs: number = 180 * second;
/** How long a query's "no answer from the handset" is not believed. */
export const provisionalMs: number = 60 * second;

/** Every payment wait is multiplied by the scale (1 in production); none becomes zero. */
export function scaled(milliseconds: number, scale: number): number {
  return Math.max(1, Math.round(milliseconds * scale));
}

/** The steps of one wait in their order, scaled. */
export function waitLadder(scale: number): readonly WaitStep[] {
  return steps.map(({ atMs, act }) => ({ atMs: scaled(atMs, scale), act }));
}
