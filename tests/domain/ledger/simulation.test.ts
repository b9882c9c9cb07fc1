import { simulate } from './model.ts';

const seeds = 600;
const operations = 250;

describe('the rules of the ledger', () => {
  test(`hold over ${seeds} seeds of ${operations} operations each`, () => {
    let [accepted, refused] = [0, 0];
    for (let seed = 1; seed <= seeds; seed += 1) {
      try {
        const run = simulate(seed, operations);
        accepted += run.accepted;
        refused += run.refused;
      } catch (error) {
        throw new Error(`seed ${seed} (${operations} operations) broke a rule`, { cause: error });
      }
    }
    // Both happen often: a simulation that refuses everything would prove nothing.
    expect(accepted).toBeGreaterThan(seeds * operations * 0.3);
    expect(refused).toBeGreaterThan(seeds * operations * 0.05);
  });

  test('a seed replays to the same book', () => {
    expect(simulate(42, operations)).toEqual(simulate(42, operations));
    expect(simulate(42, operations).digest).not.toBe(simulate(43, operations).digest);
  });
});
