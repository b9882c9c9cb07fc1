/**
 * How often money on its way is looked at: every other second while something happens, and ever more
 * rarely while nothing does, so that a page left open through a long outage asks once a minute.
 */
const soonestMs = 2_000;
const latestMs = 60_000;

/** How long to wait when what is shown has not changed for `quietMs`; a fifth of it. */
export function paceMs(quietMs: number): number {
  return Math.min(latestMs, Math.max(soonestMs, Math.round(quietMs / 5)));
}

/**
 * Tells for each answer when to ask again. The same answer is the same object, which queries see to;
 * another one, such as after something was done, begins anew.
 */
export function paced(nowMs: () => number = Date.now): (answer: unknown) => number {
  let [known, changedMs]: [unknown, number] = [undefined, nowMs()];
  return (answer) => {
    if (answer !== known) [known, changedMs] = [answer, nowMs()];
    return paceMs(nowMs() - changedMs);
  };
}
