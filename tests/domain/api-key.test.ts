import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import { base62, parseApiKey, renderApiKey } from '../../domain/auth/api-key.ts';
import { mayCheck, objectionToMemberChange } from '../../domain/auth/member-rules.ts';

const digits = (length: number) =>
  fc.array(fc.nat(61), { minLength: length, maxLength: length }).map(base62);
const keys = fc.record({
  environment: fc.constantFrom('live' as const, 'test' as const),
  lookup: digits(8),
  secret: digits(43),
});

describe('an API key', () => {
  test('is read back as it was written', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(parseApiKey(renderApiKey(key))).toEqual(key);
      }),
    );
  });

  test('with any one character changed is not a key', () => {
    fc.assert(
      fc.property(keys, fc.nat(66), digits(1), (key, place, other) => {
        const text = renderApiKey(key);
        const changed = text.slice(0, place) + other + text.slice(place + 1);
        if (changed !== text) expect(parseApiKey(changed)).toBeUndefined();
      }),
    );
  });

  test('ends with the check sum of zip files', () => {
    const text = renderApiKey({
      environment: 'live',
      lookup: 'a'.repeat(8),
      secret: 'b'.repeat(43),
    });
    let rest = crc32(text.slice(0, -7));
    const digits: number[] = [];
    for (let place = 0; place < 6; place += 1) {
      digits.unshift(rest % 62);
      rest = Math.floor(rest / 62);
    }

    expect(text.slice(-6)).toBe(base62(digits));
  });
});

describe('a change of a role', () => {
  const holds = (role: string): readonly string[] =>
    ({ owner: ['a', 'b', 'c'], admin: ['a', 'b'], finance: ['a', 'c'], analyst: ['a'] })[role] ??
    [];
  const judge = (
    by: string,
    target: { userId?: string; roleBefore?: string; roleAfter: string },
    ownersNow = 2,
  ) =>
    objectionToMemberChange({ by: { userId: 'me', role: by }, target, ownersNow }, holds, 'owner');

  test.each([
    ['an owner makes an owner', 'owner', { userId: 'x', roleAfter: 'owner' }, 2, undefined],
    ['an admin invites an analyst', 'admin', { roleAfter: 'analyst' }, 2, undefined],
    ['an admin invites an owner', 'admin', { roleAfter: 'owner' }, 2, 'above-own-role'],
    [
      'an admin invites somebody beside them',
      'admin',
      { roleAfter: 'finance' },
      2,
      'above-own-role',
    ],
    [
      'an admin demotes an owner',
      'admin',
      { userId: 'x', roleBefore: 'owner', roleAfter: 'analyst' },
      2,
      'above-own-role',
    ],
    [
      'an admin raises themselves',
      'admin',
      { userId: 'me', roleBefore: 'admin', roleAfter: 'owner' },
      2,
      'self-grant',
    ],
    [
      'an owner lowers themselves',
      'owner',
      { userId: 'me', roleBefore: 'owner', roleAfter: 'admin' },
      2,
      'self-grant',
    ],
    [
      'the last owner leaves',
      'owner',
      { userId: 'me', roleBefore: 'owner', roleAfter: 'removed' },
      1,
      'last-owner',
    ],
    [
      'the last owner is demoted',
      'owner',
      { userId: 'x', roleBefore: 'owner', roleAfter: 'admin' },
      1,
      'last-owner',
    ],
    [
      'one of two owners leaves',
      'owner',
      { userId: 'me', roleBefore: 'owner', roleAfter: 'removed' },
      2,
      undefined,
    ],
    [
      'an analyst leaves',
      'analyst',
      { userId: 'me', roleBefore: 'analyst', roleAfter: 'removed' },
      2,
      undefined,
    ],
    [
      'a role stays',
      'owner',
      { userId: 'x', roleBefore: 'admin', roleAfter: 'admin' },
      2,
      'nothing-changes',
    ],
  ] as const)('%s', (_what, by, target, owners, objection) => {
    expect(judge(by, target, owners)).toBe(objection);
  });

  test('whoever asked does not approve', () => {
    expect(mayCheck(['user:1'], 'user:1')).toBe(false);
    expect(mayCheck(['user:1'], 'user:2')).toBe(true);
  });
});
