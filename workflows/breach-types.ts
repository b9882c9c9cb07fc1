/** Input, result and message of the run that watches a breach. */
import type { BreachId } from '../domain/ids.ts';
import type { Instant } from '../domain/time.ts';
import type { StartFacts } from './types.ts';

/** It belongs to the house: a breach may touch many businesses. */
export interface WatchBreachInput {
  breachId: BreachId;
}

export interface WatchBreachResult {
  status: 'closed';
  /** How often the run looked. */
  looks: number;
}

export interface LookAtBreachInput extends WatchBreachInput {
  /** The clock of the run, in milliseconds since 1970: it slept by this one. */
  nowMs: number;
}

export interface BreachLook {
  isClosed: boolean;
  /** When something is due next; null when nothing is. */
  nextAt: Instant | null;
  /** Clocks that ended without what they are about. */
  overCount: number;
}

export type BreachStart = StartFacts & { workflow: 'watchBreach'; input: WatchBreachInput };
