import type { Collection } from '../../../api/collections/schema.ts';
import { tones, type Face } from '../payments/faces.ts';

const looks: Record<Collection['status'], Omit<Face, 'text'>> = {
  requested: { icon: 'i-lucide-clock', tone: tones.calm },
  sending: { icon: 'i-lucide-send', tone: tones.calm },
  prompted: { icon: 'i-lucide-smartphone', tone: tones.waits },
  paid: { icon: 'i-lucide-check', tone: tones.good },
  refused: { icon: 'i-lucide-circle-x', tone: tones.bad },
  expired: { icon: 'i-lucide-hourglass', tone: tones.bad },
  cancelled: { icon: 'i-lucide-minus', tone: tones.calm },
  unknown: { icon: 'i-lucide-circle-help', tone: tones.waits },
};

/** How the status of a request for money is drawn. */
export function collectionLook(status: Collection['status']): Omit<Face, 'text'> {
  return looks[status];
}

/** Nothing is decided yet; `unknown` waits as well, for a witness. */
export function isUndecided(status: Collection['status']): boolean {
  return ['requested', 'sending', 'prompted', 'unknown'].includes(status);
}

export type TrackStep = 'queued' | 'sent' | 'onPhone' | 'outcome';
export const trackSteps: readonly TrackStep[] = ['queued', 'sent', 'onPhone', 'outcome'];

/** How many of the four steps are behind a request; the next one is where it stands. */
export function stepsDone(
  { status, sentAt }: Pick<Collection, 'status' | 'sentAt'>,
  seen: ReadonlySet<string>,
): number {
  if (status === 'paid') return trackSteps.length;
  if (status === 'requested') return 0;
  if (status === 'sending') return 1;
  if (status === 'prompted') return 2;
  return seen.has('prompted') ? 3 : sentAt === null ? 1 : 2;
}
