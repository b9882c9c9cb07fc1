/** Vectors of the project Wycheproof for AES-256-GCM against the way sealed data are opened. */
import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { decrypt } from '../../db/seal.ts';

const file = join(import.meta.dirname, '../fixtures/vectors/aes-256-gcm.json');
const hex = z.string().transform((text) => Buffer.from(text, 'hex'));
const { tests } = z
  .object({
    tests: z.array(
      z.tuple([z.int(), z.enum(['valid', 'invalid']), z.string(), hex, hex, hex, hex, hex, hex]),
    ),
  })
  .parse(JSON.parse(readFileSync(file, 'utf8')));

const vectors = tests.map(([number, result, comment, key, iv, aad, message, sealed, tag]) => ({
  ...{ number, result, comment, aad, message, iv },
  key: createSecretKey(key),
  bytes: Buffer.concat([Buffer.of(1), iv, tag, sealed]),
}));
const usual = vectors.filter(({ iv }) => iv.byteLength === 12);

test('what is right opens to its message, and what was altered does not open', () => {
  expect(usual.length).toBeGreaterThan(60);
  for (const { number, result, key, bytes, aad, message } of usual) {
    const open = () => decrypt(key, bytes, aad);
    if (result === 'valid') expect([number, open()]).toEqual([number, message]);
    else expect(open).toThrow('sealed data could not be opened');
  }
});

// Deviation: IVs of another length than 12 bytes are right by the standard and refused here.
test('with an IV of another length nothing opens', () => {
  const others = vectors.filter(({ iv }) => iv.byteLength !== 12);
  expect(others.length).toBeGreaterThan(20);
  for (const { key, bytes, aad } of others) expect(() => decrypt(key, bytes, aad)).toThrow();
});

test('a tag that was cut short does not open', () => {
  for (const { key, bytes, aad } of usual.filter(({ result }) => result === 'valid').slice(0, 20)) {
    for (let length = 0; length < bytes.byteLength; length += 1) {
      expect(() => decrypt(key, bytes.subarray(0, length), aad)).toThrow();
    }
  }
});
