import { randomBytes } from 'node:crypto';
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { createPayloadCodec, payloadKeyring } from '../../temporal/codec.ts';
import { failureConverter } from '../../temporal/failure-converter.ts';

const keys = { kek: randomBytes(32), kekId: 'k1' };
const codec = createPayloadCodec(payloadKeyring(keys));
const clear = defaultPayloadConverter.toPayload({ name: 'Wanjiku', amountCents: 125_000 });

async function encode(payload: Payload): Promise<Payload> {
  const [encoded] = await codec.encode([payload]);
  if (encoded === undefined) throw new Error('nothing was encoded');
  return encoded;
}

describe('the payload codec', () => {
  test('a payload comes back as it was, metadata and bytes', async () => {
    const [decoded] = await codec.decode([await encode(clear)]);

    expect(defaultPayloadConverter.fromPayload(decoded ?? {})).toEqual({
      name: 'Wanjiku',
      amountCents: 125_000,
    });
    expect(Object.keys(decoded?.metadata ?? {})).toEqual(Object.keys(clear.metadata ?? {}));
  });

  test('an empty payload and one without metadata come back', async () => {
    for (const payload of [
      {},
      { data: Buffer.alloc(0) },
      { metadata: {}, data: Buffer.of(0, 1) },
    ]) {
      const [decoded] = await codec.decode([await encode(payload)]);
      expect(Buffer.from(decoded?.data ?? [])).toEqual(Buffer.from(payload.data ?? []));
    }
  });

  test('nothing of the content can be read from outside', async () => {
    const encoded = await encode(clear);
    const outside = Buffer.concat([
      Buffer.from(encoded.data ?? []),
      ...Object.values(encoded.metadata ?? {}).map((value) => Buffer.from(value)),
    ]).toString('latin1');

    expect(outside).not.toContain('Wanjiku');
    expect(outside).not.toContain('125000');
    expect(outside).not.toContain('json/plain');
  });

  test('the same payload never looks the same twice', async () => {
    const [first, second] = [await encode(clear), await encode(clear)];

    expect(Buffer.from(first.data ?? [])).not.toEqual(Buffer.from(second.data ?? []));
  });

  test('a single flipped bit anywhere is refused', async () => {
    const encoded = await encode(clear);
    const bytes = Buffer.from(encoded.data ?? []);

    for (const place of [0, 11, 12, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      await expect(codec.decode([{ ...encoded, data: changed }])).rejects.toThrow();
    }
  });

  test('a payload cut short is refused', async () => {
    const encoded = await encode(clear);

    const data = Buffer.from(encoded.data ?? []).subarray(0, 20);

    await expect(codec.decode([{ ...encoded, data }])).rejects.toThrow('cut short');
  });

  test('payloads of another encoding pass through untouched', async () => {
    const [decoded] = await codec.decode([clear]);

    expect(decoded).toBe(clear);
  });

  test('a payload of a key nobody has names that key', async () => {
    const other = createPayloadCodec(payloadKeyring({ kek: randomBytes(32), kekId: 'k2' }));
    const [foreign] = await other.encode([clear]);

    await expect(codec.decode([foreign ?? {}])).rejects.toThrow('no payload key with the id "k2"');
  });

  test('the payload key is not the key-encryption key itself', () => {
    const keyring = payloadKeyring(keys);

    expect(keyring.keys.get('k1')?.equals(keys.kek)).toBe(false);
  });
});

describe('the failure converter', () => {
  test('moves message and stack trace into a payload the codec encrypts', () => {
    const error = ApplicationFailure.create({ type: 'Bug', message: 'paid 0712345678 twice' });

    const failure = failureConverter.errorToFailure(error, defaultPayloadConverter);

    expect(failure.message).toBe('Encoded failure');
    expect(failure.stackTrace ?? '').toBe('');
    expect(failure.encodedAttributes).toBeDefined();
    expect(failureConverter.failureToError(failure, defaultPayloadConverter).message).toBe(
      'paid 0712345678 twice',
    );
  });
});
