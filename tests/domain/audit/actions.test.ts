import { auditActions } from '../../../domain/audit/actions.ts';
import { auditKinds } from '../../../domain/audit/kinds.ts';

const all = Object.entries(auditActions);

test('a deed is named as programs name it: the thing, a point, what was done', () => {
  const codes = all.map(([code]) => code);
  const name = /^[a-z]+(?:[-_][a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)+$/;
  expect(codes.filter((code) => !name.test(code))).toEqual([]);
});

test.each([
  ['a deed', all],
  ['what it is about', Object.entries(auditKinds)],
])('%s is read in both languages', (_what, words) => {
  const unread = words.filter(([, { en, sw }]) => en.trim() === '' || sw.trim() === '');
  const alike = words.filter(([, { en, sw }]) => String(en) === sw);
  expect([...unread, ...alike].map(([code]) => code)).toEqual([]);
});
