/** Small steps in time. */
import { epochMsOf, instantFromEpochMs } from '../../../domain/time.ts';
import type { Instant } from '../../../domain/time.ts';

/** The instant `seconds` later, or earlier when negative. */
export function addSeconds(instant: Instant, seconds: number): Instant {
  return instantFromEpochMs(epochMsOf(instant) + seconds * 1000);
}
