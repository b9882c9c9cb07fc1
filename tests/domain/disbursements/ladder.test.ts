import fc from 'fast-check';
import {
  attentionAfterMs,
  givesUpAfterMs,
  notSentWaitMs,
  waitBeforeAsking,
} from '../../../domain/disbursements/ladder.ts';

const minutes = 60_000;

/** Walks the ladder with answers that settle nothing; the moments of the questions after sending. */
function questions(isAccepted: boolean, scale = 1): number[] {
  const asked: number[] = [];
  for (let waitedMs = 0; ;) {
    const wait = waitBeforeAsking({ asked: asked.length, waitedMs, isAccepted, scale });
    if (wait === undefined) return asked;
    waitedMs += wait;
    asked.push(waitedMs);
  }
}

describe('the questions after silence', () => {
  test('begin within a quarter of a minute, and within a minute after an acceptance', () => {
    expect(questions(false)[0]).toBeLessThanOrEqual(15_000);
    expect(questions(true)[0]).toBeLessThanOrEqual(60_000);
  });

  test('come at most ten minutes apart for a day, so that an answer is found within ten minutes', () => {
    const day = questions(false).filter((at) => at <= 24 * 60 * minutes);
    const gaps = day.map((at, index) => at - (day[index - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10 * minutes);
  });

  test('end after a week with far fewer questions than a history can hold', () => {
    const all = questions(false);
    expect(all.at(-1)).toBeGreaterThanOrEqual(givesUpAfterMs);
    expect(all.length).toBeLessThan(350);
    expect(attentionAfterMs).toBeLessThan(givesUpAfterMs);
  });

  test('a scale shortens every wait alike', () => {
    expect(questions(false, 0.01)).toHaveLength(questions(false).length);
    expect(questions(false, 0.01)[3]).toBe((questions(false)[3] ?? 0) / 100);
  });

  test('what certainly was not sent waits longer each time, up to a minute', () => {
    fc.assert(
      fc.property(fc.nat({ max: 30 }), (tries) => {
        const wait = notSentWaitMs(tries, 1);
        expect(wait).toBeLessThanOrEqual(60_000);
        expect(notSentWaitMs(tries + 1, 1)).toBeGreaterThanOrEqual(wait);
      }),
    );
  });
});
