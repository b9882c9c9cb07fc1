import fc from 'fast-check';
import { speaksOf } from '../../domain/tenants/data-subject.ts';

describe('speaksOf', () => {
  test.each([
    ['Funds received from 0711223344 - JANE AKINYI', { msisdn: '254711223344' }, true],
    ['{"msisdn":"254711223344"}', { msisdn: '254711223344' }, true],
    ['paid by 254 711 223 344', { msisdn: '254711223344' }, true],
    ['2547******44', { msisdn: '254711223344' }, false],
    ['254711223345', { msisdn: '254711223344' }, false],
    ['0743***860 JANE  akinyi', { name: 'Akinyi Jane' }, true],
    ['JANET AKINYI', { name: 'Jane Akinyi' }, false],
    ['JANE WANJIKU', { name: 'Jane Akinyi' }, false],
    ['anything', {}, false],
    ['anything', { name: ' ' }, false],
    ['JANE AKINYI', { name: 'Jane Akinyi', msisdn: '254711223344' }, true],
  ])('%s, asked for %o: %s', (text, question, expected) => {
    expect(speaksOf(text, question)).toBe(expected);
  });

  test('a name is found among other words, in any order and case', () => {
    const word = fc.stringMatching(/^[A-Za-z]{2,8}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.array(word), (name, other) => {
        const text = [...other, ...name.toReversed()].join(' ').toLowerCase();
        return speaksOf(text, { name: name.join(' ') });
      }),
    );
  });
});
