import { limitsOf } from '../../domain/tenants/plans.ts';
import { refuseRoleChange } from '../../domain/tenants/roles.ts';
import { settingsByDefault, settingsFrom } from '../../domain/tenants/settings.ts';

describe('limits', () => {
  test('what was agreed holds instead of the plan, nonsense does not', () => {
    expect(limitsOf('starter', { members: 9, shortcodes: -1, other: 3 })).toMatchObject({
      members: 9,
      shortcodes: 2,
    });
  });
});

describe('settings', () => {
  test('whatever is missing or malformed is as by default', () => {
    const stored = { language: 'fr', fiscalYearStartsInMonth: 13, branding: { colour: 'red' } };
    expect(settingsFrom(stored)).toEqual(settingsByDefault);
    expect(settingsFrom({ businessDayStartsAtHour: 4 }).businessDayStartsAtHour).toBe(4);
  });
});

describe('a change of a role', () => {
  const admin = { actorId: 'a', actorRole: 'admin', memberId: 'm', ownerCount: 2 };
  test.each([
    [{ ...admin, role: 'analyst', wanted: 'finance' }, undefined],
    [{ ...admin, role: 'analyst', wanted: 'owner' }, 'owners-only'],
    [{ ...admin, role: 'owner', wanted: 'analyst' }, 'owners-only'],
    [{ ...admin, memberId: 'a', role: 'admin', wanted: 'owner' }, 'own-role'],
    [{ ...admin, memberId: 'a', role: 'admin', wanted: undefined }, undefined],
    [{ ...admin, actorRole: 'owner', role: 'owner', wanted: undefined }, undefined],
    [
      { ...admin, actorRole: 'owner', role: 'owner', wanted: undefined, ownerCount: 1 },
      'last-owner',
    ],
  ])('%j is answered %s', (change, refusal) => {
    expect(refuseRoleChange(change)).toBe(refusal);
  });
});
