import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { hasForbiddenWord, openHookTokens } from '../../db/hook-tokens.ts';
import { hookLetters } from '../../db/shortcode-tables.ts';
import { id } from '../../domain/ids.ts';

const kek = Buffer.alloc(32, 7);
const tokens = openHookTokens({ kek, hooksUrl: 'https://pay.example.co.ke' });
const target = () => ({ tenantId: id('tenant', randomUUID()), targetId: randomUUID() });

describe('hook tokens', () => {
  test('lead back to their tenant, target and letter', () => {
    for (const letter of hookLetters) {
      const about = target();
      expect(tokens.verify(letter, tokens.tokenOf(letter, about))).toEqual({ letter, ...about });
    }
  });

  test('are the same whenever they are made, and differ between keys', () => {
    const about = target();
    const other = openHookTokens({ kek: randomBytes(32), hooksUrl: 'https://x' });

    expect(tokens.tokenOf('s', about)).toBe(tokens.tokenOf('s', about));
    expect(other.verify('s', tokens.tokenOf('s', about))).toBeUndefined();
  });

  test('are good for one letter only', () => {
    const token = tokens.tokenOf('s', target());
    for (const letter of ['r', 't', 'v', 'c', 'b', 'x', '']) {
      expect(tokens.verify(letter, token)).toBeUndefined();
    }
  });

  test('any change of any digit makes them worthless', () => {
    const token = tokens.tokenOf('c', target());
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: token.length - 1 }),
        fc.constantFrom(...'0123456789abcdef'),
        (at, digit) => {
          fc.pre(token[at] !== digit);
          const forged = `${token.slice(0, at)}${digit}${token.slice(at + 1)}`;
          expect(tokens.verify('c', forged)).toBeUndefined();
        },
      ),
    );
  });

  test('the target of one token does not fit the MAC of another', () => {
    const [one, two] = [tokens.tokenOf('s', target()), tokens.tokenOf('s', target())];
    expect(tokens.verify('s', `${one.slice(0, 64)}${two.slice(64)}`)).toBeUndefined();
    expect(tokens.verify('s', `${one.slice(0, 32)}${two.slice(32)}`)).toBeUndefined();
  });

  test.each(['', 'x', '0'.repeat(96), '0'.repeat(95), '../../etc', '%00'])(
    'the text %p is no token',
    (text) => {
      expect(tokens.verify('s', text)).toBeUndefined();
    },
  );

  test('an upper-case or longer copy is refused', () => {
    const token = tokens.tokenOf('s', {
      ...target(),
      targetId: 'abcdefab-cdef-4abc-8def-abcdefabcdef',
    });
    expect(tokens.verify('s', token.toUpperCase())).toBeUndefined();
    expect(tokens.verify('s', `${token}0`)).toBeUndefined();
  });

  test('no address ever holds a word that Daraja forbids', () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.uuid(),
        fc.constantFrom(...hookLetters),
        (tenant, about, letter) => {
          const url = tokens.urlOf(letter, { tenantId: id('tenant', tenant), targetId: about });
          expect(hasForbiddenWord(url)).toBe(false);
          expect(url).toMatch(/^https:\/\/pay\.example\.co\.ke\/hooks\/[srtvcb]\/[0-9a-f]{96}$/);
        },
      ),
    );
    for (const bad of [
      'https://mpesa.x',
      'https://x/M-PESA',
      'https://x/exec',
      'https://Query.x',
    ]) {
      expect(hasForbiddenWord(bad)).toBe(true);
    }
  });
});
