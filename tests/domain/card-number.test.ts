import fc from 'fast-check';
import { hasCardNumber, pointerToCard } from '../../domain/card-number.ts';

/** Numbers that issuers and networks publish for tests. */
const published = [
  '4111111111111111',
  '4012888888881881',
  '4222222222222',
  '5555555555554444',
  '5105105105105100',
  '2223003122003222',
  '378282246310005',
  '371449635398431',
  '30569309025904',
  '6011111111111117',
  '3530111333300000',
  '6205500000000000004',
];

describe('the number of a card', () => {
  test.each(published)('%s is one, however it is written and wherever it stands', (number) => {
    const groups = number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');
    for (const text of [number, groups, groups.replaceAll(' ', '-'), `paid by ${groups}, thanks`]) {
      expect([text, hasCardNumber(text)]).toEqual([text, true]);
    }
  });

  test.each([
    ['a phone', '254712345678'],
    ['two phones', '254712345678 254722000111'],
    ['a wrong check digit', '4111111111111112'],
    ['no issuer begins like this', '9111111111111111'],
    ['the number of a device', '352099001761481'],
    ['a part of an id', '01939876-4111-1111-1111-111111111111'],
    ['a part of a longer number', '94111111111111111'],
    ['an amount', '4111111111111111.50'],
    ['a masked one', '411111******1111'],
    ['a checkout id', 'ws_CO_27112026233000712345678'],
    ['an account of a bank', '01109088765400'],
    ['a moment', '2026-11-27 23:30:00.123456'],
  ])('%s is none', (_what, text) => {
    expect(hasCardNumber(text)).toBe(false);
  });

  test('with any other last digit is none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...published), fc.integer({ min: 1, max: 9 }), (number, step) => {
        const last = (Number(number.at(-1)) + step) % 10;
        return !hasCardNumber(`${number.slice(0, -1)}${last}`);
      }),
    );
  });

  test('is pointed at, wherever it lies', () => {
    expect(pointerToCard({ a: [{ 'b/c': 'card 4111 1111 1111 1111' }], d: 4 })).toBe('/a/0/b~1c');
    expect(pointerToCard({ a: ['fine', null, true, 4_111_111_111_111_111] })).toBeUndefined();
    expect(pointerToCard(undefined)).toBeUndefined();
  });
});
