/** When a call is made, by the clock that its process was given. */
import {
  businessDateOf,
  instantFromEpochMs,
  type BusinessDate,
  type Instant,
} from '../domain/time.ts';
import type { Call } from './route.ts';

export function nowOf({ dependencies }: Pick<Call, 'dependencies'>): Instant {
  return instantFromEpochMs(dependencies.now());
}

/** The day of the call in Nairobi. */
export function todayOf(call: Pick<Call, 'dependencies'>): BusinessDate {
  return businessDateOf(nowOf(call));
}
