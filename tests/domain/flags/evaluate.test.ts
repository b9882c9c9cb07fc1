import fc from 'fast-check';
import { lacking, needsProblem } from '../../../domain/flags/constraints.ts';
import {
  evaluateFlags,
  shareOf,
  type FlagContext,
  type FlagDefinition,
} from '../../../domain/flags/evaluate.ts';

const key = fc.stringMatching(/^[a-z][a-z-]{1,20}$/);
const tenantId = fc.uuid();
const days = fc.option(fc.integer({ min: 0, max: 1_000 }));
const flag: fc.Arbitrary<FlagDefinition> = fc.record({
  key,
  phase: fc.constant('active'),
  isOn: fc.boolean(),
  plans: fc.subarray(['starter', 'pro', 'enterprise']),
  languages: fc.subarray(['en', 'sw']),
  ageDaysMin: days,
  ageDaysBelow: days,
  lists: fc.subarray(['pilot', 'friends']),
  needs: fc.constant([]),
  tenants: fc.array(tenantId, { maxLength: 2 }),
  rolloutPercent: fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100),
  isTenantsChoice: fc.boolean(),
});
const context: fc.Arbitrary<FlagContext> = fc.record({
  tenantId,
  plan: fc.constantFrom('starter', 'pro', 'enterprise'),
  language: fc.constantFrom('en', 'sw'),
  ageDays: fc.integer({ min: 0, max: 1_000 }),
  lists: fc.subarray(['pilot', 'friends']),
  choices: fc.constant(new Map()),
});

/** For everybody, unless said otherwise. */
const open = {
  ...{ key: 'some-flag', phase: 'active', isOn: true, plans: [], languages: [], ageDaysMin: null },
  ...{ ageDaysBelow: null, lists: [], needs: [], tenants: [], rolloutPercent: 100 },
  isTenantsChoice: false,
} satisfies FlagDefinition;
const somebody: FlagContext = {
  ...{ tenantId: 'a', plan: 'pro', language: 'sw', ageDays: 30, lists: ['pilot'] },
  choices: new Map(),
};

function evaluateFlag(one: FlagDefinition, who: FlagContext) {
  const verdict = evaluateFlags([one], who).get(one.key);
  if (verdict === undefined) throw new Error('every flag has a verdict');
  return verdict;
}
const choosing = (who: FlagContext, one: FlagDefinition, isOn: boolean): FlagContext => ({
  ...who,
  choices: new Map([[one.key, isOn]]),
});

test.each(['draft', 'archived'] as const)('a flag that is %s is off for everybody', (phase) => {
  const picked = { ...open, phase, tenants: [somebody.tenantId], isTenantsChoice: true };

  expect(evaluateFlag(picked, choosing(somebody, picked, true))).toEqual({
    ...{ isOn: false, reason: phase },
  });
});

test('a flag that is switched off is off for everybody', () => {
  fc.assert(
    fc.property(flag, context, (one, who) => {
      expect(evaluateFlag({ ...one, isOn: false }, choosing(who, one, true)).isOn).toBe(false);
    }),
  );
});

test('whoever has it keeps it while the rollout grows', () => {
  fc.assert(
    fc.property(flag, context, fc.integer({ min: 0, max: 100 }), (one, who, more) => {
      const before = evaluateFlag(one, who).isOn;
      const grown = { ...one, rolloutPercent: Math.min(100, one.rolloutPercent + more) };
      expect(!before || evaluateFlag(grown, who).isOn).toBe(true);
    }),
  );
});

test('a tenant of the segment has it whatever it is, unless it chose otherwise', () => {
  fc.assert(
    fc.property(flag, context, (one, who) => {
      const segment = { ...one, isOn: true, tenants: [who.tenantId], rolloutPercent: 0 };
      expect(evaluateFlag(segment, who).isOn).toBe(true);
    }),
  );
});

test('whoever lacks a constraint does not get it by choosing or by the rollout', () => {
  fc.assert(
    fc.property(flag, context, (one, who) => {
      const wanted = { ...one, isOn: true, isTenantsChoice: true, rolloutPercent: 100 };
      const lack = lacking(one, who);
      const isPicked = one.tenants.includes(who.tenantId);
      const verdict = evaluateFlag(wanted, choosing(who, one, true));
      expect(verdict.isOn).toBe(lack === undefined || isPicked);
      if (!verdict.isOn) expect(verdict.reason).toBe(lack);
    }),
  );
});

test.each([
  ['another plan', { plans: ['starter', 'enterprise'] }, 'plan'],
  ['its plan', { plans: ['pro'] }, undefined],
  ['another language', { languages: ['en'] }, 'language'],
  ['its language', { languages: ['en', 'sw'] }, undefined],
  ['older ones', { ageDaysMin: 31 }, 'age'],
  ['those as old', { ageDaysMin: 30 }, undefined],
  ['younger ones', { ageDaysBelow: 30 }, 'age'],
  ['those hardly older', { ageDaysBelow: 31 }, undefined],
  ['those of its age', { ageDaysMin: 30, ageDaysBelow: 31 }, undefined],
  ['a list it is not on', { lists: ['friends'] }, 'list'],
  ['one of two lists', { lists: ['friends', 'pilot'] }, undefined],
])('a flag for %s says so', (_what, constraints, lack) => {
  const verdict = evaluateFlag({ ...open, ...constraints }, somebody);

  expect(verdict).toEqual({ isOn: lack === undefined, reason: lack ?? 'rollout' });
});

describe('a flag that needs another', () => {
  const named = (name: string, ...needs: string[]): FlagDefinition => ({
    ...{ ...open, key: name, needs },
  });
  const verdicts = (...flags: FlagDefinition[]) =>
    Object.fromEntries(evaluateFlags(flags, somebody));

  test('is on where the other one is, however long the way', () => {
    const chain = [named('c', 'b'), named('b', 'a')];

    expect(verdicts(...chain, named('a'))['c']).toEqual({ isOn: true, reason: 'rollout' });
    expect(verdicts(...chain, { ...named('a'), isOn: false })['c']).toEqual({
      ...{ isOn: false, reason: 'needs' },
    });
  });

  test('is off for those it was switched on for, too, and where the other one is not there', () => {
    const picked = { ...named('b', 'a'), tenants: [somebody.tenantId] };

    expect(verdicts(picked)['b']).toEqual({ isOn: false, reason: 'needs' });
  });

  test('in a circle is off, whatever order they stand in, and leaves others alone', () => {
    const flags = [named('a', 'b'), named('b', 'c'), named('c', 'a'), named('d', 'c'), named('e')];
    for (const order of [flags, flags.toReversed()]) {
      const found = verdicts(...order);
      expect(['a', 'b', 'c', 'd', 'e'].map((name) => found[name]?.isOn)).toEqual([
        ...[false, false, false, false, true],
      ]);
    }
  });

  test.each([
    [['b'], undefined],
    [['x'], { key: 'x', what: 'unknown' }],
    [['a'], { key: 'a', what: 'circle' }],
    [['c'], { key: 'c', what: 'circle' }],
    [['b', 'd'], { key: 'd', what: 'circle' }],
  ])('with the needs %j is taken or refused', (needs, expected) => {
    const others = [named('a'), named('b'), named('c', 'a'), named('d', 'b', 'c')];

    expect(needsProblem(named('a', ...needs), others)).toEqual(expected);
  });

  test('that is archived is no longer needed, and what is needed cannot be archived', () => {
    const archived = (flag: FlagDefinition) => ({ ...flag, phase: 'archived' as const });
    const [lower, upper] = [named('lower'), named('upper', 'lower')];

    expect(needsProblem(archived(lower), [upper])).toEqual({ key: 'upper', what: 'needed' });
    expect(needsProblem(archived(lower), [archived(upper)])).toBeUndefined();
    expect(needsProblem(upper, [archived(lower)])).toEqual({ key: 'lower', what: 'archived' });
    expect(needsProblem(archived(upper), [archived(lower)])).toBeUndefined();
  });
});

test('a rollout of a share reaches about that share, and each flag another one', () => {
  const tenants = Array.from({ length: 20_000 }, (_, n) => `tenant-${n}`);
  for (const share of [1, 10, 50, 99]) {
    const count = tenants.filter((tenant) => shareOf('some-flag', tenant) < share).length;
    expect(Math.abs(count / 200 - share)).toBeLessThan(1.2);
  }
  const both = tenants.filter(
    (tenant) => shareOf('some-flag', tenant) < 50 && shareOf('other-flag', tenant) < 50,
  ).length;
  expect(Math.abs(both / 200 - 25)).toBeLessThan(1.5);
});
