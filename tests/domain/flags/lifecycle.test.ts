import { isStale, mayBecome, staleAfterDays } from '../../../domain/flags/lifecycle.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';

const day = (n: number) => instantFromEpochMs(Date.UTC(2026, 8, 1) + n * 86_400_000);

test.each([
  ['changed and asked about long ago', 'active', 0, 0, true],
  ['changed long ago and never asked about', 'active', 0, null, true],
  ['asked about since', 'active', 0, 1, false],
  ['changed since', 'active', 1, 0, false],
  ['a draft', 'draft', 0, null, false],
  ['archived', 'archived', 0, null, false],
] as const)('a flag %s (%s) is stale or not', (_what, phase, changed, evaluated, expected) => {
  const evaluatedAt = evaluated === null ? null : day(evaluated);
  const flag = { phase, changedAt: day(changed), evaluatedAt };

  expect(isStale(flag, day(staleAfterDays))).toBe(expected);
});

test.each([
  [undefined, 'draft', true],
  [undefined, 'active', true],
  ['draft', 'draft', true],
  ['draft', 'active', true],
  ['draft', 'archived', true],
  ['active', 'draft', false],
  ['active', 'archived', true],
  ['archived', 'draft', false],
  ['archived', 'active', true],
] as const)('a flag that is %s may become %s: %s', (before, after, may) => {
  expect(mayBecome(before, after)).toBe(may);
});
