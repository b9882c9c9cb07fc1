import { loginThrottle } from '../../api/auth/throttle.ts';

const minute = 60_000;
const attempt = { account: 'a', address: '10.0.0.1' };

/** A throttle after some failures of one account from one address, all at time zero. */
function afterFailures(count: number) {
  const throttle = loginThrottle();
  for (let failure = 0; failure < count; failure += 1) throttle.failed(attempt, 0);
  return throttle;
}

describe('loginThrottle', () => {
  test.each([
    [0, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [9, 16],
    [40, 300],
  ])('after %d failures the wait is %d seconds', (failures, seconds) => {
    expect(afterFailures(failures).waitSeconds(attempt, 0)).toBe(seconds);
  });

  test('the wait passes by itself, and a quarter of an hour later all is forgotten', () => {
    const throttle = afterFailures(40);

    expect(throttle.waitSeconds(attempt, 4 * minute)).toBe(60);
    expect(throttle.waitSeconds(attempt, 5 * minute)).toBe(0);
    throttle.failed(attempt, 21 * minute);
    expect(throttle.waitSeconds(attempt, 21 * minute)).toBe(0);
  });

  test('signing in clears the account, and leaves the address counted', () => {
    const throttle = afterFailures(31);
    throttle.succeeded(attempt);

    expect(throttle.waitSeconds(attempt, 0)).toBe(2);
    expect(throttle.waitSeconds({ account: 'a', address: '10.0.0.2' }, 0)).toBe(0);
  });

  test('another account from another address is not held up', () => {
    expect(afterFailures(40).waitSeconds({ account: 'b', address: '10.0.0.2' }, 0)).toBe(0);
  });

  test('many accounts tried from one address slow that address down', () => {
    const throttle = loginThrottle();
    for (let account = 0; account < 31; account += 1) {
      throttle.failed({ account: String(account), address: '10.0.0.1' }, 0);
    }

    expect(throttle.waitSeconds({ account: 'fresh', address: '10.0.0.1' }, 0)).toBe(2);
  });
});
