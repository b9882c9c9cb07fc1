import { changedFields, isPlannable } from '../../../domain/flags/requests.ts';
import { instantFromEpochMs } from '../../../domain/time.ts';

const day = (n: number) => instantFromEpochMs(Date.UTC(2026, 10, 1) + n * 86_400_000);

describe('a request for flags', () => {
  test.each([
    [0, false],
    [1, true],
    [90, true],
    [91, false],
  ])('agreed to today, may it be planned for day %d: %s', (n, may) => {
    expect(isPlannable(day(n), day(0))).toBe(may);
  });

  test('tells which fields differ, whatever the order of a list', () => {
    const before = { key: 'a', plans: ['pro', 'starter'], isOn: false, version: 4 };

    expect(changedFields(before, { key: 'a', plans: ['starter', 'pro'], isOn: false })).toEqual([]);
    expect(changedFields(before, { key: 'a', plans: ['pro'], isOn: true })).toEqual([
      ...['plans', 'isOn'],
    ]);
    expect(changedFields(null, { key: 'a', ageDaysMin: null })).toEqual(['key']);
  });
});
