/** Streams of zeros that compress a thousandfold, built without holding what they inflate to. */
import { constants, deflateRawSync, deflateSync } from 'node:zlib';

const megabyte = 1024 * 1024;
/** An empty last block of the deflate format. */
const lastBlock = Buffer.from([0x03, 0x00]);

/** A raw deflate stream that inflates to `megabytes` of one repeated byte. */
export function deflatedRaw(megabytes: number, byte = 0): Buffer {
  const block = deflateRawSync(Buffer.alloc(megabyte, byte), {
    level: 9,
    finishFlush: constants.Z_FULL_FLUSH,
  });
  return Buffer.concat([...Array<Buffer>(megabytes).fill(block), lastBlock]);
}

/** The same with the header and checksum that PDF streams carry; the checksum is not checked there. */
export function deflated(megabytes: number, byte = 0): Buffer {
  return Buffer.concat([Buffer.from([0x78, 0xda]), deflatedRaw(megabytes, byte), Buffer.alloc(4)]);
}

/** A bomb inside a bomb: about a kilobyte that inflates twice, to `megabytes`. */
export function deflatedTwice(megabytes: number): Buffer {
  return deflateSync(deflated(megabytes), { level: 9 });
}
