import { openBackPressure } from '../../../api/edge/back-pressure.ts';

const pressure = { patience: 3, holdMs: 5, heldMax: 2 };

function refuse(times: number, hold: () => Promise<void> | undefined): boolean[] {
  return Array.from({ length: times }, () => hold() !== undefined);
}

describe('a refusal', () => {
  test('is said at once to whoever is refused now and then', () => {
    let nowMs = 0;
    const { hold } = openBackPressure(pressure, () => nowMs);
    const caller = {};

    const held = Array.from({ length: 20 }, () => {
      nowMs += 500;
      return hold(caller) !== undefined;
    });

    expect(held).not.toContain(true);
  });

  test('is held back from whoever goes on asking, and from nobody else', () => {
    const { hold } = openBackPressure(pressure, () => 0);
    const [noisy, calm] = [{}, {}];

    expect(refuse(5, () => hold(noisy))).toEqual([false, false, false, true, true]);
    expect(hold(calm)).toBeUndefined();
  });

  test('is never held beside more than a fixed number of others, and comes in the end', async () => {
    const { hold } = openBackPressure(pressure, () => 0);
    const caller = {};
    const first = Array.from({ length: 9 }, () => hold(caller));

    expect(first.filter((waiting) => waiting !== undefined)).toHaveLength(2);
    await Promise.all(first);
    expect(hold(caller)).toBeInstanceOf(Promise);
  });
});
