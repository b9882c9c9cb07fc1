import type { z } from 'zod';
import type { disbursement, disbursementDetail } from '../../../api/disbursements/schema.ts';
import type { limitsView } from '../../../api/limits/schema.ts';

export type Payout = z.infer<typeof disbursement>;
export type PayoutDetail = z.infer<typeof disbursementDetail>;
export type Limits = z.infer<typeof limitsView>;

/** Kinds the form offers, the commonest first. */
export const payoutKinds = [
  'business-payment',
  'salary-payment',
  'promotion-payment',
  'pochi',
  'pay-bill',
  'buy-goods',
  'tax',
] as const;
export type PayoutKind = (typeof payoutKinds)[number];
