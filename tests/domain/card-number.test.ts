import fc from 'fast-check';
import { hasCardNumber, maskCardNumbers, pointerToCard } from '../../domain/card-number.ts';

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

describe('card numbers in text', () => {
  test('masked once, are none any more', () => {
    fc.assert(
      fc.property(fc.constantFrom(...published), fc.string(), (number, words) => {
        const { text, found } = maskCardNumbers(`${words} ${number} ${words}`);
        return found > 0 && !text.includes(number) && maskCardNumbers(text).found === 0;
      }),
    );
  });

  test('of a text of digits and blanks without end are looked for in no time', () => {
    const before = performance.now();
    expect(maskCardNumbers('1 '.repeat(50_000) + 'x').found).toBe(0);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  test.each([
    ['card 4111111111111111 used', 'card 411111******1111 used', 1],
    ['card 4111 1111 1111 1111.', 'card 411111******1111.', 1],
    ['4111-1111-1111-1111', '411111******1111', 1],
    ['5555555555554444 and 4111111111111111', '555555******4444 and 411111******1111', 2],
    ['2547 4111 1111 1111 1111', '2547 411111******1111', 1],
    ['meter 4111111111111112', 'meter 4111111111111112', 0],
    ['account 01109123456700', 'account 01109123456700', 0],
    ['41111111111111111', '41111111111111111', 0],
    ['Acc.4111111111111111', 'Acc.411111******1111', 1],
    ['4111 1111 1111 1111 2026', '411111******1111 2026', 1],
    ['3782 822463 10005', '378282*****0005', 1],
    ['30569309025904', '305693****5904', 1],
    ['4222222222222', '422222***2222', 1],
    ['6205 5000 0000 0000 004', '620550*********0004', 1],
    ['254712345678 2026-11-14', '254712345678 2026-11-14', 0],
    ['4 254712345670', '4 254712345670', 0],
    [
      '9f86d081884c7d659a2feaa0c55ad0154111111111111111',
      '9f86d081884c7d659a2feaa0c55ad0154111111111111111',
      0,
    ],
    ['no card', 'no card', 0],
  ])('%s', (text, masked, found) => {
    expect(maskCardNumbers(text)).toEqual({ text: masked, found });
  });
});
