import { isReference } from '../../../domain/collections/request.ts';
import {
  addDays,
  epochMsOf,
  parseBusinessDate,
  startOfBusinessDate,
  type Instant,
} from '../../../domain/time.ts';

/** Whether the prompt has room for a reference, and can show it. */
export function fitsPrompt(reference: string): boolean {
  return isReference(reference.trim());
}

/** When a link ends that takes payments through `lastDay` in Nairobi; null when no day is given. */
export function expiryOf(lastDay: string, nowMs: number): Instant | 'past' | null {
  const day = parseBusinessDate(lastDay);
  if (day === undefined) return null;
  const end = startOfBusinessDate(addDays(day, 1));
  return epochMsOf(end) > nowMs ? end : 'past';
}
