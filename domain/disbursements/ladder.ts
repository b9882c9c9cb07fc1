/** When to ask the provider about a payout whose result does not come. */

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;
const days = 24 * hours;

/** First questions after silence, then one every ten minutes for a day, then one an hour. */
const firstWaitsMs = [10 * seconds, 20 * seconds, 60 * seconds, 2 * minutes, 5 * minutes] as const;
const steadyWaitMs = 10 * minutes;
const slowWaitMs = hours;

/** How long a result usually takes at most after the provider accepted the request. */
const resultWaitMs = 45 * seconds;

/** From here on a person is told: an hour without an answer is no longer normal. */
export const attentionAfterMs = hours;

/** After a week the run ends; the payout stays `unknown` for reconciliation with the statement. */
export const givesUpAfterMs = 7 * days;

/**
 * Milliseconds to wait before question number `asked` (0 is the first), `waitedMs` after sending;
 * undefined when it is time to give up. `scale` shortens every wait in tests (1 in production).
 */
export function waitBeforeAsking(question: {
  asked: number;
  waitedMs: number;
  isAccepted: boolean;
  scale: number;
}): number | undefined {
  const { asked, waitedMs, isAccepted, scale } = question;
  if (waitedMs >= givesUpAfterMs * scale) return undefined;
  return Math.max(1, Math.round(unscaledWait(asked, waitedMs / scale, isAccepted) * scale));
}

function unscaledWait(asked: number, waitedMs: number, isAccepted: boolean): number {
  if (asked === 0 && isAccepted) return resultWaitMs;
  const first = firstWaitsMs[asked];
  if (first !== undefined) return first;
  return waitedMs < days ? steadyWaitMs : slowWaitMs;
}

/** Milliseconds before a sending that certainly did not leave us is tried again. */
export function notSentWaitMs(tries: number, scale: number): number {
  return Math.max(1, Math.round(Math.min(2 ** tries, 60) * seconds * scale));
}

/** How long the answer to a balance question is waited for, step by step. */
export const balanceWaitsMs: readonly number[] = [30 * seconds, 90 * seconds, 3 * minutes];
