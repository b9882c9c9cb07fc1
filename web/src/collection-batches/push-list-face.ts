import type { z } from 'zod';
import type {
  collectionBatch,
  collectionBatchRow,
} from '../../../api/collection-batches/schema.ts';
import { collectionLook } from '../collections/collection-face.ts';
import { tones, type Face } from '../payments/faces.ts';

export type PushList = z.infer<typeof collectionBatch>;
export type PushRow = z.infer<typeof collectionBatchRow>;
type RowState = PushRow['state'];

export const pushListStatuses = ['draft', 'running', 'done', 'cancelled'] as const;

const looks: Record<PushList['status'], Omit<Face, 'text'>> = {
  draft: { icon: 'i-lucide-file-text', tone: tones.calm },
  running: { icon: 'i-lucide-send', tone: tones.calm },
  done: { icon: 'i-lucide-check', tone: tones.good },
  cancelled: { icon: 'i-lucide-minus', tone: tones.calm },
};

export function pushListLook(status: PushList['status']): Omit<Face, 'text'> {
  return looks[status];
}

export function pushRowLook(state: RowState): Omit<Face, 'text'> {
  if (state === 'waiting') return { icon: 'i-lucide-clock', tone: tones.calm };
  if (state === 'invalid') return { icon: 'i-lucide-triangle-alert', tone: tones.bad };
  return collectionLook(state);
}

/** What the states of rows come to for the head of a list. */
const groups = {
  waiting: ['waiting'],
  open: ['requested', 'sending', 'prompted', 'unknown'],
  paid: ['paid'],
  failed: ['refused', 'expired', 'cancelled'],
  invalid: ['invalid'],
} as const satisfies Record<string, readonly RowState[]>;

export type RowGroup = keyof typeof groups;
export const rowGroups = ['paid', 'open', 'waiting', 'failed', 'invalid'] as const;

/** The states of a group as the filter of the API takes them; empty for no filter. */
export function statesOf(group: string): string {
  const found = rowGroups.find((name) => name === group);
  return found === undefined ? '' : groups[found].join(',');
}

/** How many rows of a list are in a group, and what they ask for together. */
export function tally(
  list: Pick<PushList, 'counts'>,
  group: RowGroup,
): { count: number; amountCents: number } {
  const states: readonly RowState[] = groups[group];
  const some = list.counts.filter(({ state }) => states.includes(state));
  return {
    count: some.reduce((all, one) => all + one.count, 0),
    amountCents: some.reduce((all, one) => all + one.amountCents, 0),
  };
}
