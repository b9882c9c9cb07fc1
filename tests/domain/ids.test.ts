import fc from 'fast-check';
import { id, parsePublicId, toPublicId } from '../../domain/ids.ts';

test('an id reads back from the form clients see', () => {
  fc.assert(
    fc.property(fc.uuid(), (uuid) => {
      const statement = id('statement', uuid);
      expect(parsePublicId('statement', toPublicId('statement', statement))).toBe(uuid);
    }),
  );
});

test('an id of another kind is not accepted', () => {
  const statement = toPublicId(
    'statement',
    id('statement', '01890000-0000-7000-8000-000000000000'),
  );

  expect(parsePublicId('transaction', statement)).toBeUndefined();
});

test.each([
  'stm_',
  'stm_018',
  'stm_01890000000070008000000000000000x',
  'STM_01890000000070008000000000000000',
  'stm_../../etc',
  'stm_01890000000070008000000000000G00',
])('%p is no public id', (text) => {
  expect(parsePublicId('statement', text)).toBeUndefined();
});

test('a malformed uuid from our own code throws', () => {
  expect(() => id('tenant', "' OR 1=1")).toThrow(TypeError);
});
