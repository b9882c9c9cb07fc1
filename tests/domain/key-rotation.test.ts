import fc from 'fast-check';
import {
  dueMoves,
  newKey,
  rotationPolicy,
  type KeyState,
  type RotatingKey,
  type Urgency,
} from '../../domain/auth/key-rotation.ts';

interface Lived extends RotatingKey {
  enteredMs: Partial<Record<KeyState, number>>;
}

let made = 0;
function aKey(state: KeyState, nowMs: number): Lived {
  made += 1;
  return { kid: `k${made}`, state, sinceMs: nowMs, enteredMs: { [state]: nowMs } };
}

/** Applies what is due, as the table does. */
function rotate(keys: Lived[], nowMs: number, urgency: Urgency): Lived[] {
  const moves = dueMoves(
    keys.filter(({ state }) => state !== 'retired'),
    { nowMs, urgency },
  );
  let after = keys;
  for (const { kid, to } of moves) {
    if (kid === newKey) after = [...after, aKey(to, nowMs)];
    else {
      after = after.map((key) =>
        key.kid === kid
          ? { ...key, state: to, sinceMs: nowMs, enteredMs: { ...key.enteredMs, [to]: nowMs } }
          : key,
      );
    }
    expect(after.filter(({ state }) => state === 'active').length).toBeLessThanOrEqual(1);
  }
  return after;
}

describe('the rotation of signing keys', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 40 * 24 * 3_600_000 }),
    urgency: fc.constantFrom<Urgency>('due', 'due', 'due', 'now', 'compromised'),
  });

  test('whatever is asked for when, one key signs, and each is known long enough', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let nowMs = 1_800_000_000_000;
        let keys = [aKey('active', nowMs)];
        for (const { afterMs, urgency } of steps) {
          nowMs += afterMs;
          keys = rotate(keys, nowMs, urgency);
          expect(keys.filter(({ state }) => state === 'active')).toHaveLength(1);
          expect(keys.filter(({ state }) => state === 'next').length).toBeLessThanOrEqual(1);
        }
        const wasRushed = steps.some(({ urgency }) => urgency === 'compromised');
        for (const { enteredMs } of keys) {
          const { next, active, retiring, retired } = enteredMs;
          if (active !== undefined && next !== undefined && !wasRushed) {
            expect(active - next).toBeGreaterThanOrEqual(rotationPolicy.hurriedMs);
          }
          if (retired !== undefined && retiring !== undefined) {
            expect(retired - retiring).toBeGreaterThanOrEqual(rotationPolicy.retiringMs);
          }
        }
      }),
    );
  });

  test('the calendar lets a key sign for thirty days, and knows the next one from the start', () => {
    const start = 1_800_000_000_000;
    const day = 24 * 3_600_000;
    let keys = rotate([aKey('active', start)], start, 'due');
    expect(keys.map(({ state }) => state)).toEqual(['active', 'next']);

    keys = rotate(keys, start + 29 * day, 'due');
    expect(keys.map(({ state }) => state)).toEqual(['active', 'next']);

    keys = rotate(keys, start + 30 * day, 'due');
    expect(keys.map(({ state }) => state)).toEqual(['retiring', 'active', 'next']);

    keys = rotate(keys, start + 30 * day + rotationPolicy.retiringMs, 'due');
    expect(keys.map(({ state }) => state)).toEqual(['retired', 'active', 'next']);
  });

  test('a key in wrong hands is believed no longer, and another one signs at once', () => {
    const keys = rotate([aKey('active', 0)], 0, 'compromised');

    expect(keys.map(({ state }) => state)).toEqual(['retired', 'active']);
  });
});
