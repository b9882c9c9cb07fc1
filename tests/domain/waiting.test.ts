import { instantFromEpochMs } from '../../domain/time.ts';
import { expiryOf, standingOf } from '../../domain/waiting.ts';

const day = (n: number) => instantFromEpochMs(Date.UTC(2026, 10, 1) + n * 86_400_000);

test('what waits for a second person does so for seven days, whether anybody swept it or not', () => {
  const request = { status: 'waiting', expiresAt: expiryOf(day(0)) };

  expect(request.expiresAt).toBe(day(7));
  expect(standingOf(request, day(6))).toBe('waiting');
  expect(standingOf(request, day(7))).toBe('expired');
  expect(standingOf({ ...request, status: 'scheduled' }, day(9))).toBe('scheduled');
});
