import { businessDate } from '../../domain/time.ts';
import { periodOf } from '../../web/src/overview/periods.ts';

describe('period presets', () => {
  test.each([
    ['today', '2026-11-21', '2026-11-21'],
    ['week', '2026-11-21', '2026-11-16'],
    ['week', '2026-11-16', '2026-11-16'],
    ['week', '2026-11-22', '2026-11-16'],
    ['month', '2026-11-21', '2026-11-01'],
    ['quarter', '2026-11-21', '2026-10-01'],
    ['quarter', '2026-03-31', '2026-01-01'],
    ['year', '2026-11-21', '2026-07-01'],
    ['year', '2026-06-30', '2025-07-01'],
    ['year', '2026-07-01', '2026-07-01'],
  ] as const)('%s on %s begins on %s and ends on that day', (preset, today, from) => {
    expect(periodOf(preset, businessDate(today))).toEqual({ from, to: today });
  });
});
