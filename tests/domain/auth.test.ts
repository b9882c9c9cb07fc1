import fc from 'fast-check';
import { parseEmail } from '../../domain/auth/email-address.ts';
import { normalisePassword, objectionTo } from '../../domain/auth/password-policy.ts';
import { isForgotten, waitSecondsOf } from '../../domain/auth/throttle.ts';

const minute = 60_000;

describe('waitSecondsOf an account', () => {
  test.each([
    [0, 0],
    [4, 0],
    [5, 60],
    [6, 120],
    [9, 960],
    [10, 1800],
    [4000, 1800],
  ])('after %d attempts the wait is %d seconds', (count, seconds) => {
    expect(waitSecondsOf('account', { count, firstMs: 0, lastMs: 0 }, 0)).toBe(seconds);
  });

  test('no wait is longer than half an hour, and every wait passes', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(10 * minute), (count, lastMs) => {
        const counted = { count, firstMs: 0, lastMs };
        expect(waitSecondsOf('account', counted, lastMs)).toBeLessThanOrEqual(1800);
        expect(waitSecondsOf('account', counted, lastMs + 30 * minute)).toBe(0);
      }),
    );
  });

  test('two quiet hours are a fresh start', () => {
    const counted = { count: 40, firstMs: 0, lastMs: 0 };

    expect(isForgotten('account', counted, 119 * minute)).toBe(false);
    expect(isForgotten('account', counted, 120 * minute)).toBe(true);
  });
});

describe('waitSecondsOf a budget', () => {
  test('fifty attempts from one address are free, then the window has to pass', () => {
    const counted = (count: number) => ({ count, firstMs: 0, lastMs: 5 * minute });

    expect(waitSecondsOf('address', counted(49), 5 * minute)).toBe(0);
    expect(waitSecondsOf('address', counted(50), 5 * minute)).toBe(300);
    expect(waitSecondsOf('address', counted(50), 10 * minute)).toBe(0);
  });
});

describe('parseEmail', () => {
  test.each([
    ['Njeri@Example.CO.KE', 'njeri@example.co.ke'],
    [' a+till3@example.com ', 'a+till3@example.com'],
    ["o'brien.x@mail-host.example", "o'brien.x@mail-host.example"],
  ])('%s is %s', (text, address) => {
    expect(parseEmail(text)).toBe(address);
  });

  test.each([
    ['a line break', 'a@example.com\r\nBcc: everybody@example.com'],
    ['two signs', 'a@b@example.com'],
    ['a look-alike letter', 'аdmin@example.com'],
    ['letters outside ASCII in the host', 'a@exämple.com'],
    ['a comma', 'a@example.com,b@example.com'],
    ['an angle bracket', '<a@example.com>'],
    ['a quoted part', '"a b"@example.com'],
    ['no host', 'a@'],
    ['no name', '@example.com'],
    ['a host without a dot', 'a@localhost'],
    ['an address literal', 'a@[127.0.0.1]'],
    ['numbers for a top domain', 'a@127.0.0.1'],
    ['a dot too many', 'a..b@example.com'],
    ['an invisible letter', 'a\u200b@example.com'],
    [
      'more than 254 characters',
      `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}.com`,
    ],
    ['a name of more than 64', `${'a'.repeat(65)}@example.com`],
  ])('%s is no address', (_what, text) => {
    expect(parseEmail(text)).toBeUndefined();
  });

  test('what comes out goes in again unchanged', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        const parsed = parseEmail(address);
        if (parsed !== undefined) expect(parseEmail(parsed)).toBe(parsed);
      }),
    );
  });
});

describe('objectionTo', () => {
  const common = new Set(['password1234', 'karibukenya', 'password']);
  const judge = (password: string, email?: string) =>
    objectionTo(password, { common, ...(email === undefined ? {} : { email }) });

  test.each([
    ['eleven char', 'too-short'],
    ['x'.repeat(129), 'too-long'],
    ['abababababab', 'too-simple'],
    ['password1234', 'too-common'],
    ['PassWord1234', 'too-common'],
    ['P4ssw0rd!!!1', 'too-common'],
    ['karibukenya99', 'too-common'],
    ['karibukenya!!', 'too-common'],
  ])('%s is %s', (password, objection) => {
    expect(judge(password)).toBe(objection);
  });

  test('the name of the mailbox with a little around it is personal', () => {
    expect(judge('wanjikukamau1', 'wanjikukamau@example.com')).toBe('personal');
  });

  test.each(['four words of mine', 'Ninapenda kahawa asubuhi', 'x7!kQ2#vLp9z'])(
    '%s is fine',
    (password) => {
      expect(judge(password)).toBeUndefined();
    },
  );

  test('length counts characters, and equal texts are one password however they are spelled', () => {
    expect(judge('éééééééééééa'.normalize('NFD'))).toBe('too-simple');
    expect(normalisePassword('cafe\u0301')).toBe(normalisePassword('café'));
  });
});
