/** What others published: the key of RFC 7517 with its thumbprint of RFC 7638, and RFC 4231. */
import { createHmac, createPublicKey, createSecretKey } from 'node:crypto';
import { thumbprintOf } from '../../db/key-thumbprint.ts';
import { tokeniser } from '../../db/word-tokens.ts';

/** RFC 7517, appendix A.1. */
const published = {
  ...{ kty: 'RSA', e: 'AQAB', alg: 'RS256', kid: '2011-04-29' },
  n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
};

test('the published key has the published thumbprint, whatever else is said of it', () => {
  const key = createPublicKey({ key: published, format: 'jwk' });
  expect(thumbprintOf(key)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  expect(key.export({ format: 'jwk' })).toEqual({ kty: 'RSA', n: published.n, e: 'AQAB' });
});

test('a key that is not RSA has no thumbprint here', () => {
  const curve = {
    ...{ kty: 'EC', crv: 'P-256', x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4' },
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  };
  const key = createPublicKey({ key: curve, format: 'jwk' });
  expect(() => thumbprintOf(key)).toThrow('must be RSA');
});

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** RFC 4231, test cases 1, 2 and 6. */
test.each([
  [
    Buffer.alloc(20, 0x0b),
    'Hi There',
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    Buffer.from('Jefe'),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    Buffer.alloc(131, 0xaa),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
])(
  'keyed hashes are the published ones, and words are found by their first 64 bits',
  (key, text, digest) => {
    expect(hmac(key, text).toString('hex')).toBe(digest);
    const words = text.toLowerCase().match(/[a-z]{2,}/g) ?? [];
    const expected = new Set(words.map((word) => String(hmac(key, word).readBigInt64BE(0))));
    expect(tokeniser(createSecretKey(key))(text)).toEqual([...expected]);
  },
);
