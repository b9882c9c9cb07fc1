import type { z } from 'zod';
import type { batchRow, payoutBatch } from '../../../api/payouts/schema.ts';
import { tones, type Face } from '../payments/faces.ts';

export type Batch = z.infer<typeof payoutBatch>;
export type BatchRow = z.infer<typeof batchRow>;

export const batchKinds = [
  'business-payment',
  'salary-payment',
  'promotion-payment',
  'pochi',
  'pay-bill',
  'buy-goods',
] as const;

export const batchStatuses = [
  'draft',
  'awaiting-approval',
  'running',
  'finished',
  'rejected',
  'cancelled',
  'expired',
] as const;

const looks: Record<Batch['status'], Omit<Face, 'text'>> = {
  draft: { icon: 'i-lucide-file-text', tone: tones.calm },
  'awaiting-approval': { icon: 'i-lucide-user', tone: tones.waits },
  running: { icon: 'i-lucide-send', tone: tones.calm },
  finished: { icon: 'i-lucide-check', tone: tones.good },
  rejected: { icon: 'i-lucide-circle-x', tone: tones.bad },
  cancelled: { icon: 'i-lucide-minus', tone: tones.calm },
  expired: { icon: 'i-lucide-hourglass', tone: tones.bad },
};

export function batchLook(status: Batch['status']): Omit<Face, 'text'> {
  return looks[status];
}
