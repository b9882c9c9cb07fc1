import { tones, type Face } from '../payments/faces.ts';
import type { Payout } from './payout-types.ts';

const looks: Record<Payout['status'], Omit<Face, 'text'>> = {
  requested: { icon: 'i-lucide-clock', tone: tones.calm },
  'awaiting-approval': { icon: 'i-lucide-user', tone: tones.waits },
  reserved: { icon: 'i-lucide-lock-keyhole', tone: tones.calm },
  sending: { icon: 'i-lucide-send', tone: tones.calm },
  accepted: { icon: 'i-lucide-hourglass', tone: tones.calm },
  unknown: { icon: 'i-lucide-circle-help', tone: tones.waits },
  paid: { icon: 'i-lucide-check', tone: tones.good },
  returned: { icon: 'i-lucide-undo-2', tone: tones.waits },
  refused: { icon: 'i-lucide-circle-x', tone: tones.bad },
  cancelled: { icon: 'i-lucide-minus', tone: tones.calm },
  expired: { icon: 'i-lucide-hourglass', tone: tones.bad },
};

export function payoutLook(status: Payout['status']): Omit<Face, 'text'> {
  return looks[status];
}

/** Something about it can still change without anybody looking. */
export function isMoving(status: Payout['status']): boolean {
  return !['paid', 'refused', 'cancelled', 'expired', 'returned'].includes(status);
}
