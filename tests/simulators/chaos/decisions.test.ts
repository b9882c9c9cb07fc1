/** The decisions of money in and out, under every order, loss and repeat of what is said about them. */
import { simulateDecisions } from '../../../simulators/chaos/decisions.ts';

const seeds = Array.from({ length: 500 }, (_, index) => index + 1);
const operations = 200;

test(`${seeds.length} seeds of ${operations} operations end as the provider's own book`, () => {
  const failed = seeds
    .map((seed) => simulateDecisions(seed, operations))
    .filter(({ violations }) => violations.length > 0)
    .map(({ seed, violations }) => ({ seed, violations: violations.slice(0, 3) }));

  expect(failed.slice(0, 5)).toEqual([]);
});

test('a seed replays to the same end', () => {
  expect(simulateDecisions(7, operations)).toEqual(simulateDecisions(7, operations));
});

test('the simulation moves money and hears several words about most operations', () => {
  const { words, paidCents } = simulateDecisions(1, operations);

  expect(words).toBeGreaterThan(operations * 2);
  expect(paidCents).toBeGreaterThan(0);
});
