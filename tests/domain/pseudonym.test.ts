import fc from 'fast-check';
import { parseMsisdn } from '../../domain/daraja/msisdn.ts';
import { speaksOf } from '../../domain/tenants/data-subject.ts';
import {
  callbackWithoutPerson,
  pseudonymFrom,
  withoutPerson,
  withoutPersonIn,
} from '../../domain/tenants/pseudonym.ts';

const as = { name: 'P-ABCDEFGH', msisdn: '254012345678' };
const both = { msisdn: '254711223344', name: 'Jane Akinyi' };

describe('withoutPerson', () => {
  test.each([
    [
      'Funds received from 0711223344 - JANE AKINYI',
      'Funds received from 0012345678 - P-ABCDEFGH ',
    ],
    ['254711223344', '254012345678'],
    ['711223344', '012345678'],
    ['+254 711 223-344', '254012345678'],
    ['Sent to 2547 ***** 344 Akinyi JANE', 'Sent to 254012345678 P-ABCDEFGH '],
    ['Sent to 0799***999 by jane', 'Sent to 0799***999 by P-ABCDEFGH'],
    ['Pay Bill to 888880 - KPLC Acc. 0711223344', 'Pay Bill to 888880 - KPLC Acc. 0012345678'],
    ['TCA1AAAAAA 1,500.00', 'TCA1AAAAAA 1,500.00'],
  ])('%s becomes %s', (text, expected) => {
    expect(withoutPerson(text, { person: both, as })).toBe(expected);
  });

  test('counts every mask as theirs when no number is known', () => {
    const text = '0799***999 JANE AKINYI';
    expect(withoutPerson(text, { person: { name: both.name }, as })).toBe(
      '254012345678 P-ABCDEFGH ',
    );
  });

  test('takes a name as a row spells it whole', () => {
    const replacement = { person: { msisdn: both.msisdn }, as, alsoKnownAs: ['J. A. OTIENO'] };
    expect(withoutPerson('to J. A. OTIENO', replacement)).toBe('to P-ABCDEFGH');
  });

  const word = fc.stringMatching(/^[A-Za-z]{2,8}$/);
  const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
  const msisdn = fc.stringMatching(/^254[17][0-9]{8}$/);
  const form = (digits: string) =>
    fc.constantFrom(digits, `0${digits.slice(3)}`, digits.slice(3), `+${digits}`);
  const texts = fc.tuple(name, msisdn).chain(([named, number]) =>
    fc.tuple(
      fc.constant({ name: named, msisdn: number }),
      fc
        .array(
          fc.oneof(
            word,
            form(number),
            fc.constantFrom(...named.split(' '), named.toUpperCase(), '1,200.00', 'TCA1AAAAAA'),
          ),
        )
        .map((parts) => parts.join(' ')),
    ),
  );

  test('leaves nothing that speaks of the person, and once more changes nothing', () => {
    fc.assert(
      fc.property(texts, ([person, text]) => {
        const after = withoutPerson(text, { person, as });
        expect(speaksOf(after, person)).toBe(false);
        expect(withoutPerson(after, { person, as })).toBe(after);
      }),
    );
  });

  test('leaves alone what has nothing of them, and numbers of money wherever they stand', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), fc.boolean(), (amount, isIn) => {
        const value = { amount, isIn, receipt: 'TCA1AAAAAA', at: '2026-11-27T09:00:00.000Z' };
        expect(withoutPersonIn(value, { person: both, as })).toEqual(value);
      }),
    );
  });

  test('finds a number that stands as a number in JSON', () => {
    const value = { items: [{ Name: 'PhoneNumber', Value: 254_711_223_344 }, { Value: 3 }] };
    expect(withoutPersonIn(value, { person: both, as })).toEqual({
      items: [{ Name: 'PhoneNumber', Value: 254_012_345_678 }, { Value: 3 }],
    });
  });
});

describe('callbackWithoutPerson', () => {
  test('empties the fields of the payer of a confirmation, whatever of them was known', () => {
    const body =
      '{"TransID":"RKTQDM7W6S","TransAmount":"10","MSISDN":"2547 ***** 344","FirstName":"JANE","MiddleName":"W","LastName":"AKINYI"}';
    expect(callbackWithoutPerson(body, { person: { name: both.name }, as })).toBe(
      '{"TransID":"RKTQDM7W6S","TransAmount":"10","MSISDN":"254012345678","FirstName":"P-ABCDEFGH","MiddleName":"","LastName":""}',
    );
  });

  test('replaces who was paid, and leaves the business that paid', () => {
    const body =
      '[{"Key":"DebitPartyName","Value":"600988 - Duka"},{"Key":"ReceiverPartyPublicName","Value":"0711223344 - J. Otieno"}]';
    expect(callbackWithoutPerson(body, { person: { msisdn: both.msisdn }, as })).toBe(
      '[{"Key":"DebitPartyName","Value":"600988 - Duka"},{"Key":"ReceiverPartyPublicName","Value":"254012345678 - P-ABCDEFGH"}]',
    );
  });
});

describe('pseudonymFrom', () => {
  test('gives a name without a person and a number no phone has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 32 }), (digest) => {
        const { name, msisdn } = pseudonymFrom(digest);
        expect(name).toMatch(/^P-[A-HJ-NP-Z2-9]{8}$/);
        expect(msisdn).toMatch(/^2540\d{8}$/);
        expect(parseMsisdn(msisdn).ok).toBe(false);
      }),
    );
  });
});
