import { Counter, type Registry } from 'prom-client';
import type { Disbursement } from '../db/disbursements.ts';
import { codeFamilyOf } from '../domain/disbursements/code-family.ts';

/** What is counted while payouts move; every label has a handful of values. */
export function payoutMetrics(registry: Registry) {
  const labelNames = ['status', 'channel', 'family'] as const;
  const moved = new Counter({
    name: 'daftari_payouts_total',
    help: 'Payouts by the status they came to, what they pay and why they ended',
    labelNames,
    registers: [registry],
  });
  return {
    /** Counts a payout that came to another status; call it once the change is committed. */
    note(before: Disbursement['status'], after: Disbursement | undefined): void {
      if (after === undefined || after.status === before) return;
      const { status, kind: channel } = after;
      moved.inc({ status, channel, family: codeFamilyOf(after) });
    },
  };
}

export type PayoutMetrics = ReturnType<typeof payoutMetrics>;
