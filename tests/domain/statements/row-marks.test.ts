import fc from 'fast-check';
import { changedTags, parseTag, tagWithout } from '../../../domain/statements/row-marks.ts';

describe('a tag', () => {
  test.each([
    ['School Trip', 'school-trip'],
    [' q3_2026 ', 'q3-2026'],
    ['Chakula cha   mchana', 'chakula-cha-mchana'],
    ['ŻÓŁW', 'żółw'],
    ['a-', undefined],
    ['', undefined],
    ['two, words', undefined],
    ['<b>', undefined],
    ['0712 345 678', undefined],
    ['254712345678', undefined],
    ['x'.repeat(41), undefined],
  ])('%j is spelled %j', (text, tag) => {
    expect(parseTag(text)).toBe(tag);
  });

  test('has one spelling: what was read is read as itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const tag = parseTag(text);
        expect(tag === undefined ? undefined : parseTag(tag)).toBe(tag);
      }),
    );
  });

  test('is on a row once, in the order of the alphabet, and twenty are the most', () => {
    expect(changedTags(['b', 'c'], { add: ['a', 'b'], remove: ['c', 'd'] })).toEqual(['a', 'b']);
    const twenty = Array.from({ length: 20 }, (_, n) => `t${n}`);
    expect(changedTags(twenty, { add: ['more'], remove: [] })).toBeUndefined();
    expect(changedTags(twenty, { add: ['more'], remove: ['t0'] })).toHaveLength(20);
  });

  test('that names a person is another one when the person is taken out', () => {
    const without = (text: string) => text.replace('wanjiku', 'P-ABC');
    expect(tagWithout('for-wanjiku', without)).toBe('for-p-abc');
    expect(tagWithout('rent', without)).toBe('rent');
    expect(tagWithout('wanjiku', () => '25401234567')).toBe('taken-out');
  });
});
