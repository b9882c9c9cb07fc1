/**
 * How long a further attempt has to wait. Guessing at one account gets slower and slower but never
 * locks anybody out for good; one address gets a budget for a window; unknown accounts count like
 * known ones, so that the answer tells nothing.
 */
export interface Counted {
  count: number;
  /** Milliseconds since 1970 of the first and the last counted attempt. */
  firstMs: number;
  lastMs: number;
}

interface ProgressiveRule {
  free: number;
  firstWaitSeconds: number;
  waitSecondsMax: number;
  forgetAfterSeconds: number;
}

interface BudgetRule {
  budget: number;
  windowSeconds: number;
}

const minute = 60;
const hour = 60 * minute;

export const attemptRules = {
  /** Passwords of one account: five free, then 1, 2, 4, 8, 16 and at most 30 minutes. */
  account: {
    free: 5,
    firstWaitSeconds: minute,
    waitSecondsMax: 30 * minute,
    forgetAfterSeconds: 2 * hour,
  },
  /** Second factors of one account: five tries in five minutes. */
  code: { budget: 5, windowSeconds: 5 * minute },
  /** Passwords and codes from one address. */
  address: { budget: 50, windowSeconds: 10 * minute },
  /** Failures in one business: nobody waits, but somebody should look. */
  tenant: { budget: 100, windowSeconds: 10 * minute },
  /** Mails to one address, and mails asked for from one address of the network. */
  mail: { budget: 3, windowSeconds: hour },
  'mail-address': { budget: 20, windowSeconds: hour },
} as const satisfies Record<string, ProgressiveRule | BudgetRule>;

export type AttemptRule = keyof typeof attemptRules;

/** Whether what was counted is over and the next attempt is the first again. */
export function isForgotten(
  rule: AttemptRule,
  { firstMs, lastMs }: Counted,
  nowMs: number,
): boolean {
  const limits: ProgressiveRule | BudgetRule = attemptRules[rule];
  return 'budget' in limits
    ? nowMs - firstMs >= limits.windowSeconds * 1000
    : nowMs - lastMs >= limits.forgetAfterSeconds * 1000;
}

/** Whole seconds until an attempt may be made; 0 when it may be made now. */
export function waitSecondsOf(rule: AttemptRule, counted: Counted, nowMs: number): number {
  if (isForgotten(rule, counted, nowMs)) return 0;
  const untilMs = waitEndsMs(attemptRules[rule], counted);
  return Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
}

function waitEndsMs(limits: ProgressiveRule | BudgetRule, { count, firstMs, lastMs }: Counted) {
  if ('budget' in limits) {
    return count < limits.budget ? 0 : firstMs + limits.windowSeconds * 1000;
  }
  const excess = count - limits.free;
  if (excess < 0) return 0;
  const seconds = limits.firstWaitSeconds * 2 ** Math.min(excess, 16);
  return lastMs + Math.min(seconds, limits.waitSecondsMax) * 1000;
}
