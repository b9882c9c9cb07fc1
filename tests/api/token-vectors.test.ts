/**
 * Published vectors against the door of access tokens: every one of RFC 7515 and of the project
 * Wycheproof, signed by a key this house knows, and signatures with malformed padding moved under a
 * token that is right in everything else.
 */
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateEncrypt,
  publicDecrypt,
  randomUUID,
  verify,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { signingKeys } from '../../api/auth/keys.ts';
import { issueToken, tokenVerifier, type TokenAuthority } from '../../api/auth/tokens.ts';
import { id } from '../../domain/ids.ts';

const file = join(import.meta.dirname, '../fixtures/vectors/json-web-signatures.json');
const jsonWebKey = z.looseObject({ kty: z.string(), kid: z.string() });
const { groups } = z
  .object({
    groups: z.array(
      z.object({
        comment: z.string(),
        key: jsonWebKey,
        tests: z.array(z.tuple([z.int(), z.enum(['valid', 'invalid']), z.string(), z.string()])),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(file, 'utf8')));

/** A house that signs with `key` and knows it under `kid` too. */
function houseOf(key: KeyObject, kid: string): TokenAuthority {
  const keys = signingKeys(key);
  const find = (asked: string) =>
    asked === kid ? createPublicKey(keys.active.privateKey) : keys.find(asked);
  const learn = async () => {};
  return {
    keys: { ...keys, active: keys.active, find, learn },
    issuer: 'http://api.test',
    audience: 'daftari-api',
  };
}

const nowMs = 1_800_000_000_000;
const somebody = {
  userId: id('user', randomUUID()),
  tenantId: id('tenant', randomUUID()),
  sessionId: id('session', randomUUID()),
  role: 'owner' as const,
  signedInAt: nowMs / 1000,
};

describe('RFC 7515, appendix A', () => {
  const payload =
    'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
  const modulus =
    'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ';
  const signature =
    'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw';
  const a2 = `eyJhbGciOiJSUzI1NiJ9.${payload}.${signature}`;

  test('the signature of A.2 is right, and still no access token', async () => {
    const key = createPublicKey({ key: { kty: 'RSA', e: 'AQAB', n: modulus }, format: 'jwk' });
    const signed = Buffer.from(a2.slice(0, a2.lastIndexOf('.')));
    expect(verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);

    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const house = houseOf(privateKey, 'a2');
    const knowing = { ...house, keys: { ...house.keys, find: () => key } };

    await expect(tokenVerifier(knowing)(a2, nowMs)).resolves.toBeUndefined();
  });

  test.each([
    [
      'A.1, an HMAC',
      `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`,
    ],
    [
      'A.3, an elliptic curve',
      `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
    ],
    ['A.5, no signature', `eyJhbGciOiJub25lIn0.${payload}.`],
    ['A.6, JSON', JSON.stringify({ payload, signatures: [{ signature }] })],
  ])('%s is no access token', async (_which, token) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

    await expect(tokenVerifier(houseOf(privateKey, 'x'))(token, nowMs)).resolves.toBeUndefined();
  });
});

describe('Wycheproof', () => {
  // Deviation: 12 vectors are valid signatures, and none is a token of ours: other type or algorithm.
  test.each(groups.map((group) => [group.comment, group] as const))(
    'nothing of the group %s opens the door',
    async (_comment, { key, tests }) => {
      const isRsa = key.kty === 'RSA';
      const signer = isRsa
        ? createPrivateKey({ key: key as JsonWebKey, format: 'jwk' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      const verifyToken = tokenVerifier(houseOf(signer, key.kid));
      const opened: number[] = [];
      for (const [number, , , token] of tests) {
        if ((await verifyToken(token, nowMs)) !== undefined) opened.push(number);
      }

      expect(tests.length).toBeGreaterThan(0);
      expect(opened).toEqual([]);
    },
  );

  test('a good token under each malformed padding is refused, and under the right one taken', async () => {
    const [rsa] = groups.filter(({ comment }) => comment === 'rs256');
    if (rsa === undefined) throw new Error('the group is missing');
    const signer = createPrivateKey({ key: rsa.key as JsonWebKey, format: 'jwk' });
    const house = houseOf(signer, rsa.key.kid);
    const good = issueToken(house, somebody, nowMs);
    const signed = good.slice(0, good.lastIndexOf('.'));
    const verifyToken = tokenVerifier(house);
    const taken: string[] = [];
    let moved = 0;
    for (const [number, result, , token] of rsa.tests) {
      const signature = movedTo(signed, { token, key: signer });
      if (signature === undefined) continue;
      moved += 1;
      const found = await verifyToken(`${signed}.${signature}`, nowMs);
      if (found !== undefined) taken.push(`${number} ${result}`);
    }

    expect(moved).toBeGreaterThan(150);
    expect(taken).toEqual([expect.stringMatching(/^33 valid$/)]);
  });
});

/**
 * The signature of a vector as it would be under other content: the digest inside its padding is
 * exchanged. Undefined when the vector has no digest in one piece.
 */
function movedTo(
  signed: string,
  { token, key }: { token: string; key: KeyObject },
): string | undefined {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  if (signature.byteLength !== 256) return undefined;
  const raw = { key, padding: constants.RSA_NO_PADDING };
  const padded = publicDecrypt({ ...raw, key: createPublicKey(key) }, signature);
  const digestOf = (text: string) => createHash('sha256').update(text).digest();
  const at = padded.indexOf(digestOf(token.slice(0, end)));
  if (at < 0) return undefined;
  digestOf(signed).copy(padded, at);
  return privateEncrypt(raw, padded).toString('base64url');
}
