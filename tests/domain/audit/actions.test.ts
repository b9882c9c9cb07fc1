import { auditActions } from '../../../domain/audit/actions.ts';

const all = Object.entries(auditActions);

test('a deed is named as programs name it: the thing, a point, what was done', () => {
  const codes = all.map(([code]) => code);
  const name = /^[a-z]+(?:[-_][a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)+$/;
  expect(codes.filter((code) => !name.test(code))).toEqual([]);
});

test('a deed is read in both languages', () => {
  const unread = all.filter(([, { en, sw }]) => en.trim() === '' || sw.trim() === '');
  const alike = all.filter(([, { en, sw }]) => String(en) === sw);
  expect([...unread, ...alike].map(([code]) => code)).toEqual([]);
});
