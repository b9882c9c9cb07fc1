import fc from 'fast-check';
import { evaluateFlag, shareOf, type FlagDefinition } from '../../../domain/flags/evaluate.ts';

const key = fc.stringMatching(/^[a-z][a-z-]{1,20}$/);
const tenantId = fc.uuid();
const flag: fc.Arbitrary<FlagDefinition> = fc.record({
  key,
  isOn: fc.boolean(),
  plans: fc.subarray(['starter', 'pro', 'enterprise']),
  tenants: fc.array(tenantId, { maxLength: 2 }),
  rolloutPercent: fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100),
  isTenantsChoice: fc.boolean(),
});
const plan = fc.constantFrom('starter', 'pro', 'enterprise');

test('a flag that is switched off is off for everybody', () => {
  fc.assert(
    fc.property(flag, tenantId, plan, (one, tenant, name) => {
      const context = { tenantId: tenant, plan: name, choice: true };
      expect(evaluateFlag({ ...one, isOn: false }, context).isOn).toBe(false);
    }),
  );
});

test('whoever has it keeps it while the rollout grows', () => {
  fc.assert(
    fc.property(
      flag,
      tenantId,
      plan,
      fc.integer({ min: 0, max: 100 }),
      (one, tenant, name, more) => {
        const context = { tenantId: tenant, plan: name };
        const before = evaluateFlag(one, context).isOn;
        const grown = { ...one, rolloutPercent: Math.min(100, one.rolloutPercent + more) };
        expect(!before || evaluateFlag(grown, context).isOn).toBe(true);
      },
    ),
  );
});

test('a tenant of the segment has it whatever its plan, unless it chose otherwise', () => {
  fc.assert(
    fc.property(flag, tenantId, plan, (one, tenant, name) => {
      const segment = { ...one, isOn: true, tenants: [tenant], rolloutPercent: 0 };
      expect(evaluateFlag(segment, { tenantId: tenant, plan: name }).isOn).toBe(true);
    }),
  );
});

test('a plan without it does not get it by choosing', () => {
  fc.assert(
    fc.property(flag, tenantId, (one, tenant) => {
      const dear = {
        ...one,
        isOn: true,
        plans: ['enterprise'],
        tenants: [],
        isTenantsChoice: true,
      };
      const { isOn } = evaluateFlag(dear, { tenantId: tenant, plan: 'starter', choice: true });
      expect(isOn).toBe(false);
    }),
  );
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
