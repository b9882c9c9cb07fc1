import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { openKeyring } from '../../db/seal.ts';
import { wordsOf } from '../../db/word-tokens.ts';
import { id } from '../../domain/ids.ts';

const tenantA = id('tenant', '018f0000-0000-7000-8000-00000000000a');
const tenantB = id('tenant', '018f0000-0000-7000-8000-00000000000b');
const keyring = openKeyring({ kek: randomBytes(32), kekId: 'k1' });
const keyOfA = keyring.newDataKey(tenantA);
const a = keyring.sealerOf(tenantA, keyOfA);
const b = keyring.sealerOf(tenantB, keyring.newDataKey(tenantB));

describe('sealing', () => {
  test('opening gives back exactly what was sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(a.open(a.seal(text, 'row'), 'row')).toBe(text);
        expect(a.openText(a.sealText(text, 'name'), 'name')).toBe(text);
      }),
    );
    const bytes = randomBytes(1 << 20);
    expect(a.openBytes(a.sealBytes(bytes, 'chunk'), 'chunk').equals(bytes)).toBe(true);
  });

  test('a flip of any single bit is refused', () => {
    const sealed = a.seal('KES 1,250.00 to WANJIKU', 'row');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => a.open(altered, 'row')).toThrow('could not be opened');
    }
  });

  test('a shortened tag or a shortened message is refused', () => {
    const sealed = a.seal('x', 'row');
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => a.open(sealed.subarray(0, length), 'row')).toThrow('could not be opened');
    }
    const [scheme, keyId, iv, text, tag = ''] = a.sealText('name', 'name').split('.');
    const short = [scheme, keyId, iv, text, tag.slice(0, 16)].join('.');
    expect(() => a.openText(short, 'name')).toThrow('could not be opened');
  });

  test('another context, another tenant and another key-encryption key are refused', () => {
    const sealed = a.seal('secret', 'row');

    expect(() => a.open(sealed, 'reject')).toThrow('could not be opened');
    expect(() => b.open(sealed, 'row')).toThrow('could not be opened');
    expect(() => keyring.sealerOf(tenantB, keyOfA)).toThrow('could not be opened');
    const other = openKeyring({ kek: randomBytes(32), kekId: 'k1' });
    expect(() => other.sealerOf(tenantA, keyOfA)).toThrow('could not be opened');
  });

  test('the text form names its scheme and key, and equal texts never look equal', () => {
    expect(a.sealText('x', 'n')).toMatch(/^dft1\.d1\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/);
    expect(keyOfA).toMatch(/^dft1\.k1\./);
    expect(a.seal('x', 'n').equals(a.seal('x', 'n'))).toBe(false);
  });

  test('a key-encryption key of the wrong length is refused', () => {
    expect(() => openKeyring({ kek: randomBytes(16), kekId: 'k1' })).toThrow('32 bytes');
  });
});

describe('blind indexes and word tokens', () => {
  test('equal values of one tenant are found, and tenants never share an index', () => {
    expect(a.index('254712345678').equals(a.index('254712345678'))).toBe(true);
    expect(a.index('254712345678').equals(a.index('254712345679'))).toBe(false);
    expect(a.index('254712345678').equals(b.index('254712345678'))).toBe(false);
    expect(a.index('x')).toHaveLength(32);
  });

  test('tokens do not depend on case and differ between tenants', () => {
    expect(a.tokens('Pay Bill')).toEqual(a.tokens('pay BILL'));
    expect(a.tokens('pay')).not.toEqual(b.tokens('pay'));
  });

  test('tokens are signed 64-bit integers, without repeats and at most 32', () => {
    const tokens = a.tokens(Array.from({ length: 90 }, (_, i) => `w${i} w${i}`).join(' '));
    expect(tokens).toHaveLength(32);
    for (const token of tokens) {
      expect(BigInt.asIntN(64, BigInt(token))).toBe(BigInt(token));
    }
    expect(a.tokens('a b c')).toEqual([]);
  });

  test('a token is the same after the cache has forgotten the word', () => {
    const before = a.tokens('wanjiku');
    for (let i = 0; i < 12_000; i += 32) {
      a.tokens(Array.from({ length: 32 }, (_, k) => `filler${i + k}`).join(' '));
    }
    expect(a.tokens('wanjiku')).toEqual(before);
  });

  test('words are letters and digits of any script, lower-cased', () => {
    expect(wordsOf('Pay Bill to KPLC-888880')).toEqual(['pay', 'bill', 'to', 'kplc', '888880']);
    expect(wordsOf('Café Ñandú ﬁve')).toEqual(['café', 'ñandú', 'five']);
  });
});
