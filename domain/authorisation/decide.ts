/**
 * Whether money may leave: fraud, revenue (limits) and core (the ledger) each give a verdict, and
 * one table makes the decision of them. A verdict that does not come in time counts as `late`.
 */
import { payoutWords } from '../disbursements/phrases.ts';

export type Verdict =
  | { check: 'fraud'; verdict: 'clear' | 'suspicious' | 'blocked'; reasons: readonly string[] }
  | { check: 'revenue' | 'core'; verdict: 'allowed' }
  | { check: 'revenue' | 'core'; verdict: 'denied'; code: string; message: string };

export interface Verdicts {
  fraud: Extract<Verdict, { check: 'fraud' }> | 'late';
  revenue: Exclude<Verdict, { check: 'fraud' }> | 'late';
  core: Exclude<Verdict, { check: 'fraud' }> | 'late';
}

export type Authorisation =
  | { decision: 'PROCEED' }
  | { decision: 'REVIEW'; reasons: readonly string[] }
  | { decision: 'REJECT'; code: string; message: string };

/** All checks together have this long. */
export const authorisationDeadlineMs = 5_000;

/**
 * A denial of revenue or core rejects; a fraud block rejects; a check that is late rejects, because
 * money whose checks are unknown stays; suspicion asks a person. What is denied comes before what
 * is late: it is the better explanation.
 */
export function authorise({ fraud, revenue, core }: Verdicts): Authorisation {
  for (const verdict of [revenue, core]) {
    if (verdict !== 'late' && verdict.verdict === 'denied') {
      return { decision: 'REJECT', code: verdict.code, message: verdict.message };
    }
  }
  if (fraud !== 'late' && fraud.verdict === 'blocked') {
    const message = payoutWords('fraud', { why: fraud.reasons.join(' ') });
    return { decision: 'REJECT', code: 'fraud-suspected', message };
  }
  const late = Object.entries({ fraud, revenue, core }).filter(([, v]) => v === 'late');
  if (late.length > 0 || fraud === 'late') {
    const names = late.map(([name]) => name).join(', ');
    const message = payoutWords('checks-late', { checks: names });
    return { decision: 'REJECT', code: 'checks-late', message };
  }
  if (fraud.verdict === 'suspicious') return { decision: 'REVIEW', reasons: fraud.reasons };
  return { decision: 'PROCEED' };
}
