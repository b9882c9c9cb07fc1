/** What is read strictly before a library sees it: JSON bodies and the parts of a token. */
import fc from 'fast-check';
import { keyIdOf } from '../../api/auth/token-shape.ts';
import { parseGuardedJson } from '../../api/json-body.ts';

const reserved = ['__proto__', 'constructor', 'prototype'];

/** Texts full of what a reader of JSON trips over. */
const trickyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'a')).map((s) => s.join('')),
);
const name = trickyText.filter((text) => !reserved.includes(text));
const { value: anyJson } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -1.5e20),
    trickyText,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test('whatever is good JSON without repeated or reserved keys is read as it is', () => {
  fc.assert(
    fc.property(anyJson, fc.constantFrom(0, 1), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      expect(parseGuardedJson(text)).toEqual({ value: JSON.parse(text) });
    }),
  );
});

test('a repeated key is refused wherever it stands and however it is spelt', () => {
  fc.assert(
    fc.property(name, anyJson, anyJson, (key, first, second) => {
      const escaped = Array.from(
        { length: key.length },
        (_, at) => `\\u${key.charCodeAt(at).toString(16).padStart(4, '0')}`,
      ).join('');
      const text = `[{"x1y2z3":${JSON.stringify(first)},${JSON.stringify(key)}:1,"${escaped}":${JSON.stringify(second)}}]`;
      expect(parseGuardedJson(text)).toMatchObject({ detail: 'The body repeats a key.' });
    }),
  );
});

test.each(reserved)('the key %s is refused', (key) => {
  expect(parseGuardedJson(`{"a":[{"${key}":1}]}`)).toMatchObject({
    detail: `The key ${key} is reserved.`,
  });
});

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = encoded({ alg: 'RS256', typ: 'at+jwt', kid: 'key-1' });
const payload = encoded({ sub: 'somebody' });

test('a token is looked at only when its signature has its one spelling', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.base64String(),
      (bytes, other) => {
        const text = Buffer.from(bytes).toString('base64url');
        expect(keyIdOf(`${header}.${payload}.${text}`)).toBe('key-1');
        const isCanonical =
          other !== '' && Buffer.from(other, 'base64url').toString('base64url') === other;
        expect(keyIdOf(`${header}.${payload}.${other}`)).toBe(isCanonical ? 'key-1' : undefined);
      },
    ),
  );
});

test('every last character is judged like decoding and encoding again would', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ';
  for (const start of ['', 'A', 'AB', 'ABC', 'ABCD']) {
    for (const last of alphabet) {
      const part = start + last;
      const isCanonical = Buffer.from(part, 'base64url').toString('base64url') === part;
      expect(keyIdOf(`${header}.${payload}.${part}`)).toBe(isCanonical ? 'key-1' : undefined);
    }
  }
});

test('a header that was good for one kind of token is not good for another', () => {
  expect(keyIdOf(`${header}.${payload}.AAAA`)).toBe('key-1');
  expect(keyIdOf(`${header}.${payload}.AAAA`, 'pending+jwt')).toBeUndefined();
  expect(keyIdOf(`${header}.${payload}.AAAA.AAAA`)).toBeUndefined();
  expect(keyIdOf(`${header}.${payload}`)).toBeUndefined();
});
